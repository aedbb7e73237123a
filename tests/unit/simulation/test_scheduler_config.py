from __future__ import annotations

from textwrap import dedent

import pytest

from k8slint.loading.composer import compose
from k8slint.loading.document import Source
from k8slint.scheduling import Profile
from k8slint.scheduling.plugins import (
    default_preemption,
    image_locality,
    inter_pod_affinity,
    node_affinity,
    node_resources_fit,
    pod_topology_spread,
    taint_toleration,
)
from k8slint.simulation.scheduler_config import profile_from

HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"


def read(text: str) -> tuple[Profile, ...]:
    return profile_from(compose(Source("config.yaml", HEAD + dedent(text))))


def test_nothing_written_is_the_default() -> None:
    assert read("") == (Profile(),)


def test_everything_that_is_read() -> None:
    (profile,) = read("""
        percentageOfNodesToScore: 30
        profiles:
        - schedulerName: packing
          plugins:
            multiPoint:
              disabled: [{name: ImageLocality}]
            score:
              disabled: [{name: PodTopologySpread}]
              enabled: [{name: NodeAffinity, weight: 9}, {name: TaintToleration}]
            postFilter:
              disabled: [{name: DefaultPreemption}]
          pluginConfig:
          - name: NodeResourcesFit
            args:
              scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 3}]}
              ignoredResources: [example.com/foo]
          - name: NodeAffinity
            args:
              addedAffinity:
                requiredDuringSchedulingIgnoredDuringExecution:
                  nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: In, values: [a]}]}]
          - name: PodTopologySpread
            args:
              defaultingType: List
              defaultConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
          - name: InterPodAffinity
            args: {hardPodAffinityWeight: 5}
          - name: DefaultPreemption
            args: {minCandidateNodesPercentage: 20}
    """)
    assert profile.scheduler_name == "packing"
    assert profile.percentage_to_score == 30
    assert not profile.runs(image_locality.PLUGIN)
    assert not profile.runs(default_preemption.PLUGIN)
    weighed = (pod_topology_spread.PLUGIN, node_affinity.PLUGIN, taint_toleration.PLUGIN)
    assert [profile.weight_of(plugin) for plugin in weighed] == [0, 9, 1]
    assert profile.weight_of(inter_pod_affinity.PLUGIN) == 2
    assert profile.args_of(node_resources_fit.PLUGIN).strategy.kind is node_resources_fit.Strategy.MOST
    assert profile.args_of(node_resources_fit.PLUGIN).strategy.resources == (("cpu", 3),)
    assert profile.args_of(node_resources_fit.PLUGIN).ignored_resources == {"example.com/foo"}
    assert profile.args_of(node_affinity.PLUGIN).required is not None
    constraints = profile.args_of(pod_topology_spread.PLUGIN).default_constraints
    assert constraints is not None
    assert constraints[0].hard
    assert profile.args_of(inter_pod_affinity.PLUGIN).hard_pod_affinity_weight == 5
    assert profile.args_of(default_preemption.PLUGIN).candidates_percentage == 20


def test_all_scores_off_but_one() -> None:
    (profile,) = read("""
        profiles:
        - plugins: {score: {disabled: [{name: "*"}], enabled: [{name: NodeResourcesFit, weight: 2}]}}
    """)
    assert profile.weight_of(node_resources_fit.PLUGIN) == 2
    assert profile.weight_of(node_affinity.PLUGIN) == 0
    assert profile.runs(node_affinity.PLUGIN)


def test_several_profiles_and_extenders() -> None:
    profiles = read("profiles: [{schedulerName: a}, {schedulerName: b}]\nextenders: [{urlPrefix: x, filterVerb: f}]")
    assert [profile.scheduler_name for profile in profiles] == ["a", "b"]
    assert all(profile.has_extenders for profile in profiles)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("profile: []", 'profile: unknown field; did you mean "profiles"?'),
        ("profiles: [{plugins: {scores: {}}}]", 'profiles[0].plugins.scores: unknown field; did you mean "score"?'),
        (
            "profiles: [{plugins: {score: {enabled: [{name: NodeAfinity}]}}}]",
            (
                'profiles[0].plugins.score.enabled[0].name: "NodeAfinity" is no plugin of kube-scheduler itself, '
                'and others cannot be simulated; did you mean "NodeAffinity"?'
            ),
        ),
        (
            "profiles: [{plugins: {multiPoint: {enabled: [{name: Trimaran}]}}}]",
            (
                'profiles[0].plugins.multiPoint.enabled[0].name: "Trimaran" is no plugin of kube-scheduler itself, '
                "and others cannot be simulated"
            ),
        ),
        (
            "profiles: [{plugins: {filter: {disabled: [{name: NodeAffinity}]}}}]",
            'profiles[0].plugins.filter.disabled: "NodeAffinity" can only be switched off at multiPoint, or at score',
        ),
        (
            "profiles: [{plugins: {filter: {enabled: [{name: NodePorts}]}}}]",
            "profiles[0].plugins.filter.enabled: plugins at a single point can only be given weights, at score",
        ),
        (
            "profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Best}}}]}]",
            (
                'profiles[0].pluginConfig[0].args.scoringStrategy.type: "Best", '
                "expected one of LeastAllocated, MostAllocated, RequestedToCapacityRatio"
            ),
        ),
        (
            "profiles: [{pluginConfig: [{name: PodTopologySpread, args: {defaultConstraints: [{maxSkew: 1}]}}]}]",
            "profiles[0].pluginConfig[0].args.defaultConstraints: given, but only read with defaultingType: List",
        ),
        (
            "profiles: [{schedulerName: a}, {schedulerName: a}]",
            'profiles[1].schedulerName: "a" is the name of another profile',
        ),
        ("percentageOfNodesToScore: 200", "percentageOfNodesToScore: 200, expected 0 to 100"),
        ("profiles: 3", "profiles: a number (3) where a list was expected"),
    ],
)
def test_what_cannot_be_taken_is_said_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the whole message is compared
        read(text)
    assert str(raised.value) == message


def test_another_kind_or_version() -> None:
    with pytest.raises(ValueError, match="0 documents of kind KubeSchedulerConfiguration, expected one"):
        profile_from(compose(Source("config.yaml", "kind: Pod\napiVersion: v1\n")))
    old = HEAD.replace("/v1", "/v1beta2")
    with pytest.raises(ValueError, match=r'"kubescheduler\.config\.k8s\.io/v1beta2", expected'):
        profile_from(compose(Source("config.yaml", old)))
