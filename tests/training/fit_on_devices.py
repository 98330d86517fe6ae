"""Fits on one and on two simulated devices: OUT TRAIN VALID CHECKPOINT [KEY=VALUE]."""

import os
import sys
from pathlib import Path

folder, train, valid, checkpoint = sys.argv[1:5]
options = dict(pair.split("=") for pair in sys.argv[5:])
if os.environ["KERAS_BACKEND"] == "jax":
    os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
else:
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)

import keras

import kerascls
from kerascls.training import used_rows

used_rows.SPARED_AT_LEAST = int(options.pop("spared", used_rows.SPARED_AT_LEAST))
for devices in (1, 2):
    kerascls.fit(
        train=train,
        valid=valid,
        checkpoint=checkpoint,
        out=Path(folder) / str(devices),
        devices=devices,
        quiet=True,
        **{"epochs": 3, "max_tokens": 16, "learning_rate": 1e-3, "dropout": 0.0}
        | options,
    )
    keras.utils.clear_session()
