"""Hugging Face transformers with PyTorch: Trainer, and the pipeline of its users."""

import os
import tempfile

from protocol import main, read_rows


def fit(job, clock):
    """Trains with the Trainer's defaults and dynamic padding.

    With `options["group_by_length"]` its sampler puts rows of one length together.
    """
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        DataCollatorWithPadding,
        Trainer,
        TrainerCallback,
        TrainingArguments,
    )

    class Steps(TrainerCallback):
        def on_step_end(self, args, state, control, **kwargs):
            control.should_training_stop = clock()

    texts, labels, names = read_rows(job["train"])
    tokenizer = AutoTokenizer.from_pretrained(job["folder"])
    encoded = tokenizer(texts, truncation=True, max_length=job["max_tokens"])
    rows = [
        {name: column[place] for name, column in encoded.items()} | {"labels": label}
        for place, label in enumerate(labels)
    ]
    model = AutoModelForSequenceClassification.from_pretrained(
        job["folder"], num_labels=len(names)
    )
    grouped = job["options"].get("group_by_length")
    with tempfile.TemporaryDirectory() as out:
        arguments = TrainingArguments(
            out,
            per_device_train_batch_size=job["batch_size"],
            num_train_epochs=1,
            train_sampling_strategy="group_by_length" if grouped else "random",
            seed=job["seed"],
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            dataloader_pin_memory=False,
            disable_tqdm=True,
        )
        Trainer(
            model,
            arguments,
            data_collator=DataCollatorWithPadding(tokenizer),
            train_dataset=rows,
            processing_class=tokenizer,
            callbacks=[Steps()],
        ).train()


def load(job):
    """Returns the pipeline as a function."""
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        pipeline,
    )

    classifier = pipeline(
        "text-classification",
        model=AutoModelForSequenceClassification.from_pretrained(
            job["folder"], num_labels=job["num_labels"]
        ),
        tokenizer=AutoTokenizer.from_pretrained(job["folder"]),
        batch_size=job["batch_size"],
    )

    def predict(texts):
        limit = {"truncation": True, "max_length": job["max_tokens"]}
        return [answer["label"] for answer in classifier(texts, **limit)]

    return predict


def hidden(job, inputs):
    """Returns the encoder's last hidden states."""
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(job["folder"]).eval()
    arrays = {name: torch.tensor(array).long() for name, array in inputs.items()}
    with torch.no_grad():
        return model(
            input_ids=arrays["token_ids"],
            token_type_ids=arrays["segment_ids"],
            attention_mask=arrays["padding_mask"],
        ).last_hidden_state.numpy()


if __name__ == "__main__":
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}
    main(fit, load, hidden, ("transformers", "torch", "tokenizers"))
