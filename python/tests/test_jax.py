"""The chip as a JAX function."""

import numpy as np
import pytest

import bruno

jax = pytest.importorskip("jax")

from bruno.jax import ChipFunction  # noqa: E402

jnp = jax.numpy


@pytest.fixture
def net(small):
    return ChipFunction(small, "integer", 2, gradient="bptt", training={"init": {"input_mean": 0.5}})


def test_forward_is_the_chip(net, counts):
    parameters = net.init()
    currents, spikes = net(parameters, counts)
    trace = net.chip(parameters, "integer").forward(counts=counts)
    np.testing.assert_allclose(currents, trace.currents, rtol=1e-6)
    assert np.array_equal(spikes["hidden"], trace.counts("hidden"))


def test_gradients_under_jit(net, counts):
    """Those of a compiled function are those of the other, by parameters and by the input."""
    def loss(parameters, counts):
        currents, spikes = net(parameters, counts)
        return jnp.mean(net.logits(parameters, currents) ** 2) + 0.01 * jnp.sum(spikes["hidden"])

    arguments = (net.init(), jnp.asarray(counts, jnp.float32))
    plain = jax.grad(loss, argnums=(0, 1))(*arguments)
    compiled = jax.jit(jax.grad(loss, argnums=(0, 1)))(*arguments)
    for a, b in zip(jax.tree.leaves(plain), jax.tree.leaves(compiled)):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-8)
    assert float(jnp.abs(plain[0]["hidden_input"]).sum()) > 0 and float(jnp.abs(plain[1]).sum()) > 0


def test_descent(net, counts):
    """Plain gradient descent lowers a loss through the chip."""
    def loss(parameters):
        return jnp.mean((net(parameters, counts)[0] - 20.0) ** 2)

    parameters = net.init()
    step = jax.jit(jax.value_and_grad(loss))
    losses = []
    for _ in range(15):
        value, gradient = step(parameters)
        losses.append(float(value))
        norm = float(jnp.sqrt(sum(jnp.sum(g**2) for g in jax.tree.leaves(gradient))))
        parameters = jax.tree.map(lambda p, g: p - 0.3 * g / norm, parameters, gradient)
    assert min(losses) < 0.8 * losses[0]


def test_bad_calls(net, counts):
    with pytest.raises(bruno.InputError, match="shape"):
        net(net.init(), counts[0])
    with pytest.raises(bruno.InputError, match="names"):
        net({}, counts)
