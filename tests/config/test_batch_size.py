from mlpkit.config import Config, Facts, batch_size_for, with_recipe


def test_it_grows_with_rows():
    sizes = [batch_size_for(n) for n in (10, 600, 5000, 20_000, 50_000, 10**7)]
    assert sizes == [32, 64, 128, 256, 512, 1024]


def test_recipes_follow_it_but_for_the_smallest_tables():
    job = Config.model_validate({"recipe": "default", "data": {"target": "y"}})

    def of_recipe(rows):
        facts = Facts("binary", rows=rows, numeric=1)
        return with_recipe(job, facts).training.batch_size

    assert (of_recipe(149), of_recipe(150), of_recipe(900)) == (64, 128, 128)
    for rows in (5_000, 50_000):
        assert of_recipe(rows) == batch_size_for(rows)
