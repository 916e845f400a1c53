import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.config import Config, ModelConfig, config_id, load_config, to_toml
from mlpkit.config.load import check_section
from mlpkit.errors import UsageError

MINIMAL = {"data": {"target": "y"}}


def test_defaults_file_overrides_in_that_order(tmp_path):
    path = tmp_path / "job.toml"
    path.write_text('[data]\npath = "rows.csv"\ntarget = "y"\n[training]\nepochs = 7\n')
    config = load_config(path, ["training.epochs=9", "model.hidden=[4, 2]"])
    assert config.training.epochs == 9
    assert config.model.hidden == (4, 2)
    assert config.seed == Config.model_fields["seed"].default
    assert config.data.path == str(tmp_path / "rows.csv")


def test_override_reaches_into_a_component_given_by_name():
    config = load_config(
        {**MINIMAL, "training": {"optimizer": "sgd"}},
        ["training.optimizer.momentum=0.5"],
    )
    assert config.training.optimizer.name == "sgd"
    assert config.training.optimizer.params == {"momentum": 0.5}


def test_override_puts_a_table_in_place_of_a_list():
    given = {"search": {"space": {"width": [16, 32]}}, "data": {"target": "y"}}
    found = load_config(given, ["search.space.width={int=[16, 20]}"])
    width = found.search.space["width"]
    assert (width.kind, width.low, width.high) == ("int", 16, 20)


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path):
    path = tmp_path / "job.toml"
    path.write_text('[data]\ntarget = "y"\n', encoding="utf-8-sig")
    assert load_config(path).data.target == ("y",)


@pytest.mark.parametrize(
    "key", ["training.epochs", "training.weight_decay", "seed", "ensemble.members"]
)
def test_booleans_are_no_numbers(key):
    with pytest.raises(UsageError, match=f"{key}: must be a number, got True"):
        load_config(MINIMAL, [f"{key}=true"])
    assert load_config(MINIMAL, ["data.stream=true"]).data.stream is True


@pytest.mark.parametrize(
    ("given", "hint"), [("nne", "; did you mean 'none'"), ("splines", "")]
)
def test_what_may_be_put_off_says_so(given, hint):
    expected = f"'piecewise_linear' or 'none', got '{given}'{hint}"
    with pytest.raises(UsageError, match=re.escape(expected)):
        load_config(MINIMAL, [f"model.numeric_embedding={given}"])
    with pytest.raises(UsageError) as error:  # a schedule there is always one of
        load_config(MINIMAL, [f"training.schedule={given}"])
    assert "none" not in str(error.value)


def test_who_is_named_none_is_put_off():
    found = load_config(MINIMAL, ["model.numeric_embedding.name=none"])
    assert found.model.numeric_embedding is None
    with pytest.raises(UsageError, match="or 'piecewise_linear', got 'none'"):
        load_config(MINIMAL, ["model.numeric_embedding={name='none', dim=4}"])


def test_of_a_section_alone_the_same_is_told():
    with pytest.raises(UsageError, match="or 'none', got 'nne'; did you mean 'none'"):
        check_section(ModelConfig, "model", {"numeric_embedding": "nne"})


def test_override_that_is_no_toml_is_text():
    config = load_config(MINIMAL, ["data.sample_weight=some column"])
    assert config.data.sample_weight == "some column"


def test_all_mistakes_come_at_once_with_suggestions():
    wrong = {
        "dat": {},
        "data": {"target": "y", "tsk": "binary"},
        "model": {"dropout": 1.5, "activation": "gelo"},
        "training": {"devise": "cpu"},
        "columns": {"age": "numerical"},
    }
    with pytest.raises(UsageError) as caught:
        load_config(wrong)
    text = str(caught.value)
    assert "6 mistake(s)" in text
    for part in (
        "data.tsk: no such key; did you mean 'task'?",
        "dat: no such key; did you mean 'data'?",
        "training.devise: no such key; did you mean 'device'?",
        "model.dropout: must be less than 1, got 1.5",
        "did you mean 'gelu'?",
        "columns.age: must be",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "data: must be given"),
        ({"data": {"target": []}}, "data.target"),
        ({**MINIMAL, "training": {"epochs": 0}}, "training.epochs"),
        ({**MINIMAL, "training": {"device": "tpuu"}}, "got 'tpuu'"),
        ({**MINIMAL, "seed": -1}, "seed"),
        ({**MINIMAL, "name": "../x"}, "name"),
        (
            {**MINIMAL, "split": {"validation_fraction": 0.6, "test_fraction": 0.4}},
            "below 1",
        ),
        ({**MINIMAL, "search": {"space": {"depth": {"int": [3, 1]}}}}, "low <= high"),
        (
            {**MINIMAL, "data": {"target": "y", "class_weight": {"a": -1}}},
            "class_weight",
        ),
    ],
)
def test_out_of_range(values, said):
    with pytest.raises(UsageError, match="mistake") as caught:
        load_config(values)
    assert said in str(caught.value)


def test_files_that_are_no_configuration(tmp_path):
    (tmp_path / "penguins.toml").write_text("not toml")
    with pytest.raises(UsageError, match="not valid TOML"):
        load_config(tmp_path / "penguins.toml")
    with pytest.raises(UsageError, match=r"did you mean 'penguins.toml'"):
        load_config(tmp_path / "pengins.toml")
    with pytest.raises(UsageError, match="key=value"):
        load_config(MINIMAL, ["epochs"])


@given(
    hidden=st.lists(st.integers(1, 512), max_size=4),
    rate=st.floats(1e-6, 10),
    seed=st.integers(0, 2**31 - 1),
    task=st.sampled_from([None, "regression", "binary"]),
)
def test_toml_round_trip(hidden, rate, seed, task):
    config = load_config(
        {
            "seed": seed,
            "data": {"target": ["a b", 'c"d'], "task": task},
            "model": {"hidden": hidden},
            "training": {"learning_rate": rate, "schedule": {"name": "one_cycle"}},
        }
    )
    import tomllib

    for defaults in (False, True):
        again = load_config(tomllib.loads(to_toml(config, defaults=defaults)))
        assert again == config
        assert config_id(again, "rows") == config_id(config, "rows")


def test_identity_follows_what_changes_the_weights():
    config = load_config(MINIMAL)
    same = load_config({**MINIMAL, "name": "other", "export": {"folder": "elsewhere"}})
    moved = load_config({"data": {"target": "y", "path": "moved.csv"}})
    other = load_config({**MINIMAL, "seed": 2})
    assert (
        config_id(config, "rows") == config_id(same, "rows") == config_id(moved, "rows")
    )
    assert config_id(config, "rows") != config_id(other, "rows")
    assert config_id(config, "rows") != config_id(config, "other rows")


def test_override_of_a_name_that_needs_quotes():
    config = load_config(MINIMAL, ['columns."a.b c"=numeric'])
    assert config.columns == {"a.b c": "numeric"}
    with pytest.raises(UsageError, match="quote names"):
        load_config(MINIMAL, ["columns.a b=numeric"])


def test_component_of_another_type_is_explained():
    with pytest.raises(UsageError, match="must be a name or { name = "):
        load_config({**MINIMAL, "model": {"activation": 7}})


def test_where_rows_come_from_is_checked_and_is_no_part_of_the_identity():
    config = load_config(MINIMAL)
    assert config.data.stream == "auto"
    assert load_config(MINIMAL, ["data.stream=true"]).data.stream is True
    for override in (
        "data.stream=false",
        "data.buffer_rows=5",
        "training.checkpoint_seconds=1",
    ):
        assert config_id(load_config(MINIMAL, [override]), "") == config_id(config, "")
    types = load_config(MINIMAL, ['data.types={zip="string"}'])
    assert types.data.types == {"zip": "string"}
    assert config_id(types, "") != config_id(config, "")
    wrong = ["data.stream=yes", 'data.types={zip="text"}', "data.buffer_rows=0"]
    with pytest.raises(UsageError) as caught:
        load_config(MINIMAL, [*wrong, "training.checkpoint_seconds=0"])
    for part in (
        "data.stream: must be 'auto', True or False, got 'yes'",
        "data.types.zip: must be 'bool', 'float64', 'int64', 'string' or",
        "data.buffer_rows: must be greater than or equal to 1, got 0",
        "training.checkpoint_seconds: must be greater than 0, got 0",
    ):
        assert part in str(caught.value)


def test_a_training_stops_within_its_course():
    job = {"data": {"target": "y"}, "training": {"epochs": 5, "stop_after": 6}}
    with pytest.raises(UsageError, match="stop_after must be at most epochs, 5, got 6"):
        load_config(job)


def test_tables_in_lists_are_written_too(tmp_path):
    search = {"objective": ["val_loss", "val_accuracy"]}
    config = load_config({"data": {"target": "y"}, "search": search})
    path = tmp_path / "job.toml"
    path.write_text(to_toml(config, defaults=True))
    assert load_config(path) == config
