"""The lecture's components: leaves that need Keras alone."""
