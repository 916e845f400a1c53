"""The Keras network of a case."""

import keras


def network(case: dict, **options) -> keras.Model:
    """Compiled, with Keras' Adam."""
    keras.utils.set_random_seed(0)
    layers = [keras.Input((case["features"],))]
    for units in case["hidden"]:
        layers.append(keras.layers.Dense(units))
        if case["batch_norm"]:
            layers.append(keras.layers.BatchNormalization())
        layers.append(keras.layers.ReLU())
        if case["dropout"]:
            layers.append(keras.layers.Dropout(case["dropout"]))
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(1e-3), "mse", **options)
    return model
