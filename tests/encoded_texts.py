"""Text of five languages, by the encoding it is often saved in."""

TEXTS = {
    "gb18030": "国家队今晚在主场迎战强队，教练说我们会全力以赴。"
    "股市今天上涨，投资者信心有所恢复。",
    "big5hkscs": "國家隊今晚在主場迎戰強隊，教練說我們會全力以赴。"
    "股市今天上漲，投資者信心有所恢復。",
    "cp932": "サッカー日本代表は昨日の試合で勝利を収めました。"
    "監督は選手たちの努力をたたえた。",
    "cp949": "한국 축구 대표팀이 어제 경기에서 승리를 거두었다. "
    "감독은 선수들의 노력을 칭찬했다.",
    "cp1252": "Le président s’est exprimé très clairement à Genève; "
    "die Brücke über den Fluß.",
}
