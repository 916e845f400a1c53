import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from mlpkit.cli.answers_file import write_answers
from mlpkit.cli.main import main
from mlpkit.data import read_table
from mlpkit.errors import OutputError

pytestmark = pytest.mark.slow

COMMANDS = [
    "config", "describe", "evaluate", "export", "predict", "report", "train", "tune",
]  # fmt: skip


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return CliRunner().invoke(main, [str(a) for a in arguments])

    return run


def test_all_commands_are_there():
    assert sorted(main.commands) == COMMANDS


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_is_quick(command):
    """The best of three, since the machine may be busy."""
    program = Path(sys.executable).with_name("mlpkit")
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        arguments = [command, "--help"] if command else ["--help"]
        done = subprocess.run([program, *arguments], capture_output=True, check=True)
        seconds.append(time.perf_counter() - started)
        assert b"Usage:" in done.stdout
    assert min(seconds) < 0.5


def test_describe(call, root):
    result = call("describe", root / "configs/data/penguins.csv", "--target", "species")
    assert result.exit_code == 0
    for part in ("344 rows", "bill_length_mm", "categorical", "multiclass"):
        assert part in result.output


def test_describe_takes_the_settings_of_the_data(call):
    rows = [f"{i % 7},{'-' if i == 3 else i % 5},{i % 2}" for i in range(30)]
    Path("rows.csv").write_text("\n".join(["zip,size,y", *rows]))
    plain = call("describe", "rows.csv", "--target", "y")
    assert "cannot be trained on" in plain.output
    settings = ("columns.zip=categorical", 'data.missing_values=["-"]')
    settings += ("data.target=y", "data.task=regression", "training.epochs=3")
    given = [part for key in settings for part in ("--set", key)]
    result = call("describe", "rows.csv", *given)
    assert result.exit_code == 0, result.output
    assert "as configured" in result.output
    assert "task: regression (as configured)" in result.output
    assert "cannot be" not in result.output
    wrong = call("describe", "rows.csv", "--set", "columns.zap=numeric")
    assert wrong.exit_code == 2
    assert "did you mean 'zip'" in wrong.output
    unknown = call("describe", "rows.csv", "--set", "data.tusk=binary")
    assert unknown.exit_code == 2
    assert "did you mean 'task'" in unknown.output


@pytest.mark.parametrize("kind", ["numeric", "datetime"])
def test_describe_tells_that_a_kind_does_not_fit(call, kind):
    Path("rows.csv").write_text("size,y\n" + "big,1\nsmall,0\n" * 5)
    result = call("describe", "rows.csv", "--set", f"columns.size={kind}")
    assert result.exit_code == 0
    assert "cannot be trained on" in result.output
    assert "as configured" not in result.output


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("data.sample_weight=sise", "data.sample_weight 'sise': .*did you mean 'size'"),
        ("split.column=sise", "split.column 'sise': .*did you mean 'size'"),
        ('data.types.sise="string"', "data.types: .* 'sise'; did you mean 'size'"),
        ("data.path=other.csv", "data.path: must be left out, describe reads rows.csv"),
        ("data.validation=other.csv", "data.validation: must be left out"),
        ("data.test=other.csv", "data.test: must be left out"),
        ('data.target=""', "target '': the table has no such column"),
        ("data.target=sise", "target 'sise': .*did you mean 'size'"),
    ],
)
def test_describe_refuses_what_it_cannot_use(call, setting, said):
    Path("rows.csv").write_text("size,y\n" + "1.5,1\n2.5,0\n" * 5)
    result = call("describe", "rows.csv", "--set", setting)
    assert result.exit_code == 2, result.output
    assert re.search(said, result.output.replace("\n", " "))


def test_config_prints_recipe_defaults_and_schema(call, root):
    result = call("config", root / "configs/penguins.toml", "--set", "seed=4")
    assert "seed = 4" in result.output
    assert "\n# training.weight_averaging = 8.0\n" in result.output
    assert "\n# preprocessing.one_hot_limit = 16\n" in result.output
    schema = json.loads(call("config", "--schema").output)
    assert "training" in schema["properties"]


def test_the_whole_way(call, root, tmp_path):
    data = root / "configs/data/penguins.csv"
    short = ("--set", "training.epochs=2", "--set", "model.hidden=[4]")
    trained = call("train", "--data", data, "--target", "species", *short)
    assert trained.exit_code == 0, trained.output
    assert "multiclass of species" in trained.output
    assert "baseline" in trained.output
    (run,) = (tmp_path / "runs").iterdir()
    page = run / "report.html"
    assert f"report: {page.relative_to(tmp_path)}" in trained.output
    told = page.read_text()
    page.unlink()
    assert call("report", run).output == f"report: {page}\n"
    assert page.read_text() == told
    evaluated = call("evaluate", run, data)
    assert evaluated.output.startswith("344 rows\naccuracy")
    assert call("predict", run, data, "-o", "answers.parquet").exit_code == 0
    answers = pyarrow.parquet.read_table("answers.parquet")
    assert answers.num_rows == 344
    printed = call("predict", run, data)
    assert printed.output.splitlines()[0] == ",".join(
        f'"{name}"' for name in answers.column_names
    )
    exported = call("export", run, "--no-verify")
    assert exported.exit_code == 0, exported.output
    assert (tmp_path / "saved_models/penguins/1/saved_model.pb").is_file()


def test_tune_goes_on_with_more_trials(call, root, tmp_path):
    job = root / "configs/search/penguins.toml"
    short = ("--set", "training.epochs=1", "--set", "search.space.width=[4]")
    tuned = call("tune", job, "--trials", 1, "--time", "10m", *short)
    assert tuned.exit_code == 0, tuned.output
    assert tuned.output.startswith("trial 1/1: val_loss ")
    (search,) = (tmp_path / "runs").iterdir()
    assert f"next: mlpkit train runs/{search.name}/best.toml" in tuned.output
    assert "best.toml, final.toml for every row" in tuned.output
    more = call("tune", job, "--trials", 2, "--ensemble", 2, *short)
    assert more.output.startswith("trial 2/2: ")
    assert "run: runs/penguins_ensemble-" in more.output
    assert (search / "report.html").is_file()
    refused = call("tune", job, "--time", "soon")
    assert refused.exit_code == 2
    assert "search.time: must be a time such as '90s'" in refused.output


def test_train_from_a_folder_of_files(call, penguins, tmp_path):
    (tmp_path / "birds").mkdir()
    for start in (0, 200):
        pyarrow.csv.write_csv(
            penguins.slice(start, 200), tmp_path / f"birds/{start}.csv"
        )
    short = ("--set", "training.epochs=2", "--set", "model.hidden=[4]")
    trained = call("train", "--data", "birds", "--target", "species", *short)
    assert trained.exit_code == 0, trained.output
    assert "the rows are streamed" in trained.output
    (run,) = (tmp_path / "runs").iterdir()
    assert run.name.startswith("birds-")
    column = ("--set", "split.column=island")
    refused = call("train", "--data", "birds", "--target", "species", *column)
    assert refused.exit_code == 2
    assert "split.column: must be left out where rows are streamed" in refused.output
    whole = call("describe", "birds", "--target", "species").output.splitlines()
    assert whole[0] == "birds: 344 rows, 8 columns"
    pyarrow.csv.write_csv(penguins, "birds.csv")
    assert (
        whole[1:]
        == call("describe", "birds.csv", "--target", "species").output.splitlines()[1:]
    )
    wrong = call("describe", "birds", "--target", "specie")
    assert "did you mean 'species'" in wrong.output
    assert call("evaluate", run, "birds").output.startswith("344 rows\naccuracy")
    assert call("predict", run, "birds", "-o", "a.csv").output == "344 rows: a.csv\n"
    answers = pyarrow.csv.read_csv("a.csv")
    assert answers.num_rows == 344
    assert answers.column_names[0] == "prediction"
    inside = call("predict", run, "birds", "-o", "birds/answers.csv")
    assert inside.exit_code == 2
    assert "-o: must be outside of DATA" in inside.output
    (tmp_path / "birds/201.csv").write_text("species,island\nGentoo,Dream\n")
    failed = call("predict", run, "birds", "-o", "b.csv")
    assert failed.exit_code == 1
    assert "201.csv: must have the columns of" in failed.output
    assert not [*tmp_path.glob("*b.csv*")]


def test_answers_are_written_whole_or_not_at_all(tmp_path):
    def answers(fails):
        yield pa.table({"prediction": [1.0, 2.0]})
        if fails:
            raise OutputError("the second block cannot be answered")
        yield pa.table({"prediction": [3.0]})

    for name in ("a.csv", "a.parquet"):
        path = tmp_path / name
        with pytest.raises(OutputError, match="second block"):
            write_answers(answers(fails=True), str(path))
        assert not [*tmp_path.glob("*.partial"), *tmp_path.glob(name)]
        assert write_answers(answers(fails=False), str(path)) == 3
        assert read_table(path)["prediction"].to_pylist() == [1.0, 2.0, 3.0]
        path.unlink()
    with pytest.raises(OutputError, match="none/a.csv: must be writable, got"):
        write_answers(answers(fails=False), str(tmp_path / "none/a.csv"))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["train"], 2, "give a CONFIG.toml, or --data"),
        (["train", "--data", "x.csv", "--target", "y"], 2, "no such file"),
        (["train", "nothing.toml"], 2, "cannot be read"),
        (["describe", "nothing.csv"], 2, "no such file"),
        (["describe", "empty.csv"], 1, "empty file"),
        (["evaluate", "runs/none", "rows.csv"], 2, "must be a run folder"),
        (["predict", "runs/none", "rows.csv", "-o", "x.txt"], 2, "must end in"),
        (
            ["predict", "runs/none", "rows.csv", "-o", "./rows.csv"],
            2,
            "must be another file than DATA",
        ),
        (
            ["train", "--data", "rows.csv", "--target", "prise"],
            2,
            "did you mean 'price'",
        ),
        (["train", "--data", "rows.csv", "--target", "one"], 1, "two or more classes"),
        (["nonsense"], 2, "No such command"),
        (["config"], 2, "give a configuration file"),
        (["train", "rows.csv"], 2, "is a table: give it as --data"),
        (["describe", "latin.csv"], 1, "must be UTF-8"),
        (["describe", "."], 1, "empty.csv: must hold a table"),
    ],
)
def test_exit_codes_and_messages(call, arguments, code, said):
    Path("empty.csv").write_text("")
    Path("latin.csv").write_bytes("größe\n1\n".encode("latin-1"))
    Path("rows.csv").write_text("price,one\n" + "1.5,a\n2.5,a\n" * 20)
    result = call(*arguments)
    assert result.exit_code == code, result.output
    assert said in result.output
    assert "Traceback" not in result.output
    assert not list(Path().glob("runs/*"))


def test_traceback_only_when_asked(call):
    result = call("train", "-v", "nothing.toml")
    assert result.exit_code == 2
    assert "Traceback" in result.output


def test_unexpected_errors_are_one_line_too(call, monkeypatch):
    def broken(*_, **__):
        msg = "something nobody thought of"
        raise RuntimeError(msg)

    monkeypatch.setattr("mlpkit.data.read_table", broken)
    result = call("describe", "rows.csv")
    assert result.exit_code == 1
    assert "unexpected RuntimeError: something nobody thought of" in result.output
    assert "Traceback" not in result.output


def test_describe_shows_a_mixture_instead_of_stopping(call):
    values = [*map(str, range(40)), "many"]
    Path("rows.csv").write_text("a b\n" + "\n".join(values) + "\n")
    result = call("describe", "rows.csv")
    assert result.exit_code == 0
    assert "cannot be trained on" in result.output


def test_describe_shows_brackets(call, tmp_path):
    numbers = "\n".join([*map(str, range(30)), "?"])
    (tmp_path / "mixed.csv").write_text(f"a[m]\n{numbers}\n")
    shown = "".join(call("describe", tmp_path / "mixed.csv").output.split())
    assert shown.count("a[m]") >= 2  # as a name, and in the hint
    assert 'columns."a[m]"="categorical"' in shown.replace("│", "")
