"""Activations and optimizers against Keras' built-ins: both tables.

python benchmarks/components.py
"""

import activations
import optimizers

if __name__ == "__main__":
    activations.main()
    optimizers.main()
