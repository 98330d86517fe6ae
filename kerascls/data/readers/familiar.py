"""Whether decoded text looks like text: how many of its letters are frequent ones.

Bytes read in a wrong encoding of East Asia often decode, into rare characters. Of the
letters of real Chinese, Japanese or Korean text more than half are among the few
hundred below, of misread text hardly one in eight.
"""

import re
from collections.abc import Iterator

# The most frequent characters of Chinese news, posts and abstracts, simplified first,
# then those with another traditional form; syllables of Korean.
_HAN = (
    "的不是了一有中在人动大我用力国个时车上和就这会好性为要能到机学发高以价生油还对果"
    "年来体开天没可小后育出多也分方经产行下很全过地都家点现电度你新子耗格效比么科成自"
    "间看外业最房安实计美法教合技得理制化说热本加内进游里公与前定控工空于特正主乐图品"
    "面他作日其市心量们基暖股结道适感重考手平政买观速设明如事文配财军同起置数应系长金"
    "之关万三水场两月种部提将社去戏次样情取音觉程利娱气物元者着操而真期等但快那保相型"
    "题斯东表通问老被战因想第然试区网变什款海别所调常意强无太票舒只建二林给服质及女功"
    "当换位统装再原西回信风资解器入组放北选直研几些森队差负色低名知更今导模报收目打使"
    "员温错路该式马少流响从影较术总算南联球活"
    "動國個時車這會爲機學發價還對來體開沒後經產過點現電麼間業實計說熱內進遊裏與於樂圖"
    "們結適買觀設財軍數應長關萬場兩種將戲樣覺娛氣題東問戰試區網變別調強無給質當換統裝"
    "風資組選幾隊負導報員溫錯該馬響從較術總聯為裡臺係嘅喺佢妳"
)
_HANGUL = (
    "이다는을에의가고은지하로한를사기도서정나시어그해아인자대수있일으리보부것과들전만"
    "오장주상니제게비여동조구성했우소세연공신원방생중경위선실유계진무안모미라면회국관"
    "발마르스트결재년월치화학적바람요거더내말본까터러음습합와려야외용출업술분단판문산"
    "양물"
)
_KANA = "".join(map(chr, range(0x3041, 0x30FF)))
_FREQUENT = frozenset(_HAN + _HANGUL + _KANA)
# Letters of scripts that an encoding may be mistaken about, private use and controls.
_JUDGED = re.compile(
    r"[\x80-\x9f\xaa\xb5\xba\xc0-\u024f\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff"
    r"\uac00-\ud7a3\ue000-\uf8ff\uf900-\ufaff\ufffd\U00020000-\U0003ffff]+"
)
_ACCENTED = re.compile(r"[\xc0-\xd6\xd8-\xf6\xf8-\xff\u0152\u0153\u0178]{1,2}")


def familiarity(text: str) -> tuple[float, int]:
    """Returns the share of frequent letters among those that can be judged, and these.

    Accented Latin letters are familiar beside plain ones, one or two together. ASCII
    and other scripts are not judged.

    Example:
        >>> familiarity("国家队的比赛, café")
        (0.875, 8)
    """
    letters = familiar = 0
    for run, beside in _runs(text):
        letters += len(run)
        if beside and _ACCENTED.fullmatch(run):
            familiar += len(run)
        else:
            familiar += sum(letter in _FREQUENT for letter in run)
    return (familiar / letters if letters else 0.0), letters


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Yields runs of judged letters, and whether a plain letter stands beside each."""
    for match in _JUDGED.finditer(text):
        before = text[max(match.start() - 1, 0) : match.start()]
        beside = before + text[match.end() : match.end() + 1]
        yield match[0], any(one.isascii() and one.isalpha() for one in beside)
