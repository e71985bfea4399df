"""The chip as a PyTorch module."""

import copy
import json
import pickle

import numpy as np
import pytest

import bruno

torch = pytest.importorskip("torch")

from bruno.torch import ChipModule, Update  # noqa: E402

DEVICE = {
    "device": [{"parameter": "area", "bounds": [0.5, 20]}, {"parameter": "leak", "bounds": [1, 60]}],
    "levels": {"projections": ["input"]},
}


@pytest.fixture
def module(small):
    return ChipModule(small, "integer", 2, gradient="bptt", training={"init": {"input_mean": 0.5}, "surrogate_width_V": 0.3})


def inputs(counts):
    return torch.tensor(counts, dtype=torch.float32)


def test_parameters_by_name(small):
    module = ChipModule(small, "integer", training=DEVICE)
    shapes = {name: tuple(p.shape) for name, p in module.named_parameters()}
    assert shapes == {
        "hidden_input": (3, 4), "hidden_recurrent": (4, 4), "hidden_input_levels": (8,), "hidden_area": (),
        "hidden_leak": (), "readout_input": (4, 2), "readout_bias": (2,),
    }
    assert all(type(p) is torch.nn.Parameter for p in module.parameters())
    assert "'quartet' of the description" in repr(module)


def test_forward_is_the_chip(module, counts):
    currents, spikes = module(inputs(counts))
    assert currents.shape == (2, 12, 2) and spikes["hidden"].shape == (2, 12, 4)
    chip = module.chip("integer")
    trace = chip.forward(counts=counts)
    np.testing.assert_allclose(currents.detach().numpy(), trace.currents, rtol=1e-6)
    assert np.array_equal(spikes["hidden"].detach().numpy(), trace.counts("hidden"))
    assert spikes["hidden"].sum() > 0


def test_forward_is_deterministic_on_any_threads(small, counts):
    found = []
    for threads in (1, 2):
        module = ChipModule(small, "integer", threads, gradient="mean")
        currents, spikes = module(inputs(counts))
        (currents.square().sum() + spikes["hidden"].sum()).backward()
        found.append([currents.detach(), *(p.grad for p in module.parameters() if p.grad is not None)])
    assert all(torch.equal(a, b) for a, b in zip(*found))


def test_every_gradient_goes_the_way_of_exact_backpropagation(small, counts):
    """Weights, and the spikes that went in."""
    found = {}
    for kind in ("bptt", "checkpointed", "transition", "jacobian", "mean", "sample"):
        module = ChipModule(small, "integer", 2, gradient=kind, training={"init": {"input_mean": 0.5}})
        given = inputs(counts).requires_grad_()
        currents, spikes = module(given)
        (currents * torch.linspace(1, 2, 12)[:, None]).sum().backward()
        found[kind] = [torch.cat([module.hidden_input.grad.ravel(), module.hidden_recurrent.grad.ravel()]), given.grad]
    for kind, least in (("checkpointed", 0.9999), ("transition", 0.99), ("jacobian", 0.85), ("mean", 0.9), ("sample", 0.85)):
        for exact, own in zip(found["bptt"], found[kind]):
            cosine = torch.nn.functional.cosine_similarity(exact.ravel(), own.ravel(), dim=0)
            assert cosine > least, (kind, float(cosine))


def test_demands_on_spikes_of_single_windows(module, counts):
    """Two windows asked for apart add up to both asked for at once; the last window's spikes depend on nothing later."""
    def gradient(weights):
        module.zero_grad()
        given = inputs(counts).requires_grad_()
        _, spikes = module(given)
        (spikes["hidden"] * weights[:, None]).sum().backward()
        return module.hidden_input.grad.clone(), given.grad

    first, last = torch.zeros(12), torch.zeros(12)
    first[2], last[11] = 1, 1
    early, late, both = gradient(first), gradient(last), gradient(first + last)
    for a, b, c in zip(early, late, both):
        torch.testing.assert_close(a + b, c, rtol=1e-4, atol=1e-6)
    # What comes later cannot matter.
    assert torch.all(early[1][:, 3:] == 0) and torch.any(early[1][:, :3] != 0)


def test_device_parameters_and_levels_move(small, counts):
    module = ChipModule(small, "integer", 2, gradient="bptt", training=DEVICE)
    optimiser = torch.optim.Adam(module.parameters(), lr=0.1)
    before = json.loads(json.dumps(module.chip("integer").description))
    for _ in range(2):
        optimiser.zero_grad()
        currents, spikes = module(inputs(counts))
        (currents.sum() + spikes["hidden"].sum()).backward()
        optimiser.step()
    after = module.chip("integer").description
    for field in ("area_um2", "g_leak_pS"):
        assert before["layers"][0]["device"][field] != after["layers"][0]["device"][field]
    assert after["layers"][0]["synapse"]["levels_pA"] != before["layers"][0]["synapse"].get("levels_pA")


def test_weights_at_an_end_move_back_only(small, counts):
    module = ChipModule(small, "integer", 2, gradient="bptt")
    with torch.no_grad():
        module.hidden_input.fill_(9.0)
    currents, spikes = module(inputs(counts))
    spikes["hidden"].sum().backward()
    assert torch.all(module.hidden_input.grad >= 0)
    module.clip_()
    assert module.hidden_input.max() <= 2


def test_a_chip_between_two_layers_trains(small):
    torch.manual_seed(0)
    chip = ChipModule(small, "integer", 2, training={"init": {"input_mean": 0.6}})

    class Spikes(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clamp(0, 6).round()

        @staticmethod
        def backward(ctx, by):
            return by

    encoder, decoder = torch.nn.Linear(2, 3), torch.nn.Linear(2, 2)
    x = torch.eye(2).repeat(2, 1)
    labels = torch.tensor([0, 1, 0, 1])
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters(), *chip.parameters()], lr=0.05)
    losses = []
    for _ in range(40):
        optimiser.zero_grad()
        counts = Spikes.apply(2 + encoder(x))[:, None, :].expand(-1, 15, -1)
        currents, _ = chip(counts)
        loss = torch.nn.functional.cross_entropy(decoder(0.05 * currents.mean(dim=1)), labels)
        loss.backward()
        assert encoder.weight.grad.abs().sum() > 0
        optimiser.step()
        losses.append(float(loss))
    assert np.mean(losses[-5:]) < 0.5 * losses[0]


def test_state_dict_pickle_and_copy(small, counts):
    module = ChipModule(small, "integer", 2, gradient="mean", training={"seed": 5})
    other = ChipModule(small, "integer", 2, gradient="mean", training={"seed": 6})
    expected = module(inputs(counts))[0]
    assert not torch.equal(other(inputs(counts))[0], expected)
    other.load_state_dict(module.state_dict())
    for same in (other, copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert torch.equal(same(inputs(counts))[0], expected)


def test_checkpoints_both_ways(run, tmp_path):
    """A run of `bruno train` becomes a module and again a checkpoint that scores the same."""
    module = ChipModule.of_checkpoint(run.out / "checkpoint.json", **run.simulator)
    module.save_checkpoint(tmp_path / "again.json")
    again = bruno.evaluate(tmp_path / "again.json", data=run.data, ridge="never", **run.simulator)
    assert again["accuracy"] == run.result["accuracy"] and again["loss_nats"] == run.result["loss_nats"]
    assert ChipModule.of_checkpoint(tmp_path / "again.json", **run.simulator).values().tolist() == module.values().tolist()


def test_the_same_run_as_the_command_line(run):
    """Two epochs step by step, the loss and its gradient in torch, end with the parameters of `bruno train`."""
    reference = ChipModule.of_checkpoint(run.out / "checkpoint.json", **run.simulator).values()
    module = ChipModule(run.description, **run.simulator)
    data = bruno.data(run.description, run.data)
    start, update = module.values(), Update(module, steps=4)
    for epoch in (1, 2):
        for batch in data.order(epoch).reshape(2, 4):
            update.zero_grad()
            currents, spikes = module(events=[data.train.events[k] for k in batch], duration_us=20_000)
            labels = torch.from_numpy(data.train.labels[batch])
            loss = torch.nn.functional.cross_entropy(module.logits(currents), labels)
            (loss + module.rate_penalty(spikes)).backward()
            update.step()
    assert np.abs(reference - start).max() > 0.01
    assert np.abs(reference - module.values()).max() < 1e-6


def test_samples_that_end_earlier(module, counts):
    """A sample that runs on after its end has the logits and the penalty of the shorter run."""
    shorter = counts[:, :5]
    expected = module(inputs(shorter))
    found = module(inputs(counts))
    torch.testing.assert_close(module.logits(found[0], 2000, 5000), module.logits(expected[0], 2000))
    torch.testing.assert_close(module.rate_penalty(found[1], [5000, 4001]), module.rate_penalty(expected[1]))


def test_samples_of_unequal_length(module):
    """A batch is its samples one by one: what goes out, and the gradients."""
    rng = np.random.default_rng(5)
    events = [np.column_stack([np.sort(rng.integers(0, 4000 * k, 60)), rng.integers(0, 3, 60)]) for k in (1, 3)]
    ends = np.array([4000, 12_000])

    def gradient(events, ends):
        module.zero_grad()
        currents, spikes = module(events=events, duration_us=ends)
        loss = module.logits(currents, 0, ends).square().sum() + spikes["hidden"].sum()
        loss.backward()
        return currents.detach(), torch.cat([p.grad.ravel() for p in module.parameters()])

    currents, both = gradient(events, ends)
    (first, a), (second, b) = gradient(events[:1], ends[:1]), gradient(events[1:], ends[1:])
    assert torch.equal(currents[0, :4], first[0]) and torch.all(currents[0, 4:] == 0)
    assert torch.equal(currents[1], second[0])
    torch.testing.assert_close(both, a + b, rtol=1e-4, atol=1e-6)


BAD = {
    "no_input": (lambda m, c: m(), "both or none"),
    "an_array": (lambda m, c: m(c.numpy()), "tensor on the CPU"),
    "two_axes": (lambda m, c: m(c[0]), "shape"),
    "other_channels": (lambda m, c: m(c[:, :, :2]), "3 inputs"),
    "broken_counts": (lambda m, c: m(c + 0.5), "whole numbers"),
    "counts_of_nan": (lambda m, c: m(c * float("nan")), "whole numbers"),
    "an_empty_batch": (lambda m, c: m(c[:0]), "at least one"),
    "weights_of_nan": (lambda m, c: (m.hidden_input.data.fill_(float("nan")), m(c)), "finite"),
    "an_end_after_the_run": (lambda m, c: m.logits(m(c)[0], 0, 12_001), "duration_us"),
    "ends_of_other_samples": (lambda m, c: m.logits(m(c)[0], 0, [1, 2, 3]), "one a sample|one time"),
    "negative_from": (lambda m, c: m.logits(m(c)[0], -1), "from_us"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_calls(name, module, counts):
    call, word = BAD[name]
    with pytest.raises(bruno.InputError, match=word):
        call(module, inputs(counts))


def test_gradients_that_the_recorder_does_not_allow(small, counts):
    small["recorder"] = "sample"
    module = ChipModule(small, "integer", gradient="mean", training={"gradient": "sample"})
    with pytest.raises(bruno.DescriptionError) as caught:
        module(inputs(counts))
    assert caught.value.field == "training.gradient"
    module.gradient = "exact"
    with pytest.raises(bruno.InputError, match="transition"):
        module(inputs(counts))
