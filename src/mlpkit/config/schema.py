"""What a configuration may say: every key, its type, its range, its default."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from mlpkit.config.component import (
    ActivationConfig,
    NumericEmbeddingConfig,
    OptimizerConfig,
    ScheduleConfig,
)
from mlpkit.config.decision import DecisionConfig
from mlpkit.config.ensemble import EnsembleConfig
from mlpkit.config.names import (
    ColumnKind,
    ColumnType,
    InitializerName,
    RecipeName,
    TaskName,
)
from mlpkit.config.quantiles import Quantiles
from mlpkit.config.search import SearchConfig
from mlpkit.config.section import Count, Fraction, OrNone, Positive, Section

MISSING_VALUES = (
    "", "NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "NULL", "null",
)  # fmt: skip


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_tuple, json_schema_input_type=str | tuple[str, ...]),
]


class DataConfig(Section):
    """`[data]`: the table, its target, and how the task is read from it."""

    path: str | None = Field(
        None,
        description="CSV, TSV, Parquet or Arrow file, a folder of them, sklearn:NAME.",
    )
    target: Names = Field(
        description="Target column; several for multi-label or several-target tasks.",
        min_length=1,
    )
    task: TaskName | None = Field(None, description="Inferred from the target if left.")
    validation: str | None = Field(None, description="File with the validation rows.")
    test: str | None = Field(None, description="File with the test rows.")
    sample_weight: str | None = Field(None, description="Column of row weights, >= 0.")
    class_weight: Literal["balanced"] | dict[str, Positive] | None = Field(
        None, description="'balanced', or a weight per class label."
    )
    missing_values: tuple[str, ...] = Field(
        MISSING_VALUES,
        description="Texts that mean missing, in files and in served rows.",
    )
    types: dict[str, ColumnType] = Field(
        default_factory=dict,
        description="Type by column of CSV files, where the inferred one is wrong.",
    )
    stream: Literal["auto", True, False] = Field(
        "auto",
        description="Read the rows in blocks instead of holding them in memory; auto: "
        "files of more than 1 GiB together, and folders.",
    )
    buffer_rows: Count = Field(
        262_144, description="Rows that are shuffled together when streaming."
    )


class SplitConfig(Section):
    """`[split]`: random (stratified by class) with the seed, or by a column."""

    column: str | None = Field(
        None, description="Column holding 'train', 'validation' or 'test'."
    )
    validation_fraction: Fraction = 0.15
    test_fraction: Fraction = 0.15
    train_on: Literal["train", "train_and_validation", "all"] = Field(
        "train", description="Parts that train; those of 'all' are not measured."
    )

    @model_validator(mode="after")
    def _leaves_rows_to_train_on(self) -> "SplitConfig":
        total = self.validation_fraction + self.test_fraction
        if total >= 1:
            msg = (
                "validation_fraction + test_fraction must be below 1, "
                f"got {total:g}: no row would be left to train on"
            )
            raise ValueError(msg)
        return self


class PreprocessingConfig(Section):
    """`[preprocessing]`: how raw columns become the encoded matrix."""

    one_hot_limit: Count = Field(
        16, description="Categories up to here are one-hot, above it embedded."
    )
    max_categories: Count = Field(
        10_000, description="Most frequent categories kept; the rest count as unseen."
    )
    standardize_target: bool = Field(
        default=True,
        description="Regression trains on (y - mean) / std.",
    )


class ModelConfig(Section):
    """`[model]`: the network between the encoded matrix and the output."""

    hidden: tuple[Count, ...] = Field(
        (128, 128), description="Units per hidden layer; [] is a single-layer network."
    )
    activation: ActivationConfig = ActivationConfig()
    initializer: InitializerName | None = Field(
        None, description="By activation (He, Glorot, LeCun) if left."
    )
    batch_norm: bool = False
    dropout: Fraction = 0.1
    parametrization: Literal["standard", "ntk"] = Field(
        "standard", description="ntk: scales in the formula, learning rates by layer."
    )
    parametric_activation: bool = Field(
        default=False, description="Let each unit bend its activation to the identity."
    )
    front_scale: bool = Field(default=False, description="Learn feature scales.")
    numeric_embedding: Annotated[NumericEmbeddingConfig | None, OrNone] = Field(
        None, description="Several columns for each number."
    )
    data_initialization: bool = Field(
        default=False, description="Start from a sample of the training rows."
    )
    quantiles: Quantiles = Field(
        (), description="Quantiles that a regression predicts instead of the mean."
    )


_Averaging = Annotated[float, Field(ge=0, strict=True)]


class TrainingConfig(Section):
    """`[training]`: the loop, the optimizer and where they run."""

    epochs: Count = 100
    stop_after: Count | None = Field(
        None,
        description="Epochs that are trained of a course of `epochs`, all if left.",
    )
    batch_size: Count | None = Field(None, description="By number of rows if left.")
    optimizer: OptimizerConfig = OptimizerConfig()
    learning_rate: Positive = 1e-3
    schedule: ScheduleConfig = ScheduleConfig()
    weight_decay: Annotated[float, Field(ge=0)] = Field(
        0.0, description="Decoupled: each step takes this share of the rate off."
    )
    dropout_schedule: ScheduleConfig = ScheduleConfig()
    weight_decay_schedule: ScheduleConfig = ScheduleConfig()
    label_smoothing: Fraction = 0.0
    weight_averaging: Annotated[_Averaging | None, OrNone] = Field(
        None,
        description="Evaluate and keep the weights' average over the epochs: 8; the "
        "higher, the less the early ones count; 0 is the plain mean.",
    )
    monitor: str = Field(
        "val_loss", description="Which value of validation tells the best epoch."
    )
    patience: Annotated[Count | None, OrNone] = Field(
        20, description="Epochs without a better validation loss before stopping."
    )
    device: str = Field(
        "auto", pattern=r"^(auto|cpu|gpu)(:\d+)?$", description="auto, cpu, gpu, gpu:1"
    )
    strategy: Literal["none", "one_device", "mirrored", "multi_worker", "tpu"] = Field(
        "none",
        description="mirrored: all GPUs of this machine; multi_worker: the machines of "
        "TF_CONFIG; tpu is untested on hardware.",
    )
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    deterministic: bool = Field(
        default=True,
        description="The same bits again on a GPU, too; wide networks are slower so.",
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = Field(
        None, description="Of the network and the rows' order; the job's if left."
    )
    checkpoint_seconds: Positive = Field(
        30.0, description="Least time between two writings of the training's state."
    )

    @model_validator(mode="after")
    def _stops_within_its_course(self) -> "TrainingConfig":
        if self.stop_after is not None and self.stop_after > self.epochs:
            msg = f"stop_after must be at most epochs, {self.epochs}, got "
            raise ValueError(f"{msg}{self.stop_after}")
        return self


class ExportConfig(Section):
    """`[export]`: where SavedModels go."""

    folder: str = "saved_models"
    verify: bool = Field(default=True, description="Check in a fresh process.")


class Config(Section):
    """A job: from a table to a trained, evaluated and exportable network."""

    name: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="Names the run and the export; the data file's name if left.",
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    recipe: RecipeName = Field(
        "default", description="Settings of [model] and [training] that are not given."
    )
    report: bool = Field(
        default=True, description="Write report.html into the run folder."
    )
    data: DataConfig
    split: SplitConfig = SplitConfig()
    columns: dict[str, ColumnKind] = Field(
        default_factory=dict, description="Kind by column, where inference is wrong."
    )
    preprocessing: PreprocessingConfig = PreprocessingConfig()
    model: ModelConfig = ModelConfig()
    training: TrainingConfig = TrainingConfig()
    ensemble: EnsembleConfig = EnsembleConfig()
    decision: DecisionConfig = DecisionConfig()
    export: ExportConfig = ExportConfig()
    search: SearchConfig = SearchConfig()

    @model_validator(mode="after")
    def _space_is_of_settings(self) -> "Config":
        self.search.check_keys(
            {*ModelConfig.model_fields, *TrainingConfig.model_fields}
        )
        return self
