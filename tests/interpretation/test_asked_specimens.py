"""Specimens of a request: their order, their names, and whether they are interpreted."""

import copy

from detectapi import service


def test_the_order_of_results_changes_nothing_in_specimens_of_one_time(one):
    other = {**copy.deepcopy(one["specimens"][0]), "id": "B"}
    other["results"][1]["value_ng_ml"] = 5
    one["specimens"].append(other)
    turned = copy.deepcopy(one)
    turned["specimens"][0]["results"].reverse()

    assert service.interpret(one) == service.interpret(turned)


def test_no_two_specimens_have_one_name(one):
    first, unnamed = one["specimens"][0], copy.deepcopy(one["specimens"][0])
    first["id"] = "2"
    del unnamed["id"]
    one["specimens"].append({**unnamed, "collected_h": 24})

    assert [specimen["id"] for specimen in service.interpret(one)["specimens"]] == ["2", "3"]


def test_a_specimen_that_no_missing_measurement_could_save_is_not_interpreted(one):
    for urine in ({"urine_creatinine_mg_dl": 1.5}, {"specific_gravity": 1.0008}):
        del one["specimens"][0]["urine_creatinine_mg_dl"]
        one["specimens"][0] |= urine
        (specimen,) = service.interpret(one)["specimens"]
        one["specimens"][0] |= {"urine_creatinine_mg_dl": 100}

        assert (specimen["validity"], specimen["interpreted"]) == ("invalid", False), urine
