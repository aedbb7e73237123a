"""Expressions, evaluated: what each library of Kubernetes adds, what is declined, and what cannot make us wait."""

from __future__ import annotations

import time

import pytest

from k8slint.cel.engine import Failed, Refused, Unjudged

TEXT = {"name": "web-1", "tags": ["a", "b"], "ports": [{"n": 80}, {"n": 443}], "none": None, "half": 0.5, "three": 3}

TRUE = {
    "the language": [
        "self.name.startsWith('web') && size(self.tags) == 2",
        "has(self.name) && !has(self.size)",
        "self.ports.all(p, p.n > 0) && self.ports.exists(p, p.n == 443)",
        "self.ports.exists_one(p, p.n == 80) && self.ports.map(p, p.n) == [80, 443]",
        "self.ports.filter(p, p.n > 80).size() == 1",
        "self.none == null",
        "'a' in self.tags && !('c' in self.tags)",
        "self.size > 3 || true",
        "!(self.size > 3 && false)",
        "'héllo'.size() == 5",
        "duration('90s') == duration('1m30s')",
        "timestamp('2026-01-31T00:00:00Z').getMonth() == 0",
        "type(self.three) == int && type(self.half) == double",
    ],
    "numbers of two types": ["self.three > 2.5", "1 < 1.5", "self.three == 3.0", "self.half < 1"],
    "optionals": [
        "self.?name.orValue('') == 'web-1' && self.?size.orValue(7) == 7",
        "self[?'size'].hasValue() == false",
        "optional.of(1).optMap(x, x + 1).value() == 2",
        "!optional.ofNonZeroValue('').hasValue()",
    ],
    "texts": [
        "self.name.split('-')[1] == '1' && ['a', 'b'].join('+') == 'a+b'",
        "self.name.replace('web', 'app').upperAscii() == 'APP-1'",
        "' x '.trim() == 'x' && self.name.substring(4) == '1' && self.name.indexOf('-') == 3",
        "'%s has %d'.format([self.name, 2]) == 'web-1 has 2'",
        "self.name.matches('^web-[0-9]+$') && !self.name.matches('^[0-9]+$')",
    ],
    "sets": ["sets.contains(self.tags, ['a'])", "sets.equivalent([1, 2], [2, 1])", "!sets.intersects([1], [2])"],
    "two variables": ["[1, 2].all(i, v, v == i + 1)", "{'a': 1}.exists(k, v, k == 'a' && v == 1)"],
    "lists": [
        "[1, 2, 2].isSorted() && !['b', 'a'].isSorted()",
        "[1, 2].sum() == 3 && [0.5, 0.5].sum() == 1.0",
        "[1, 3, 2].max() == 3 && ['b', 'a'].min() == 'a'",
        "self.tags.indexOf('b') == 1 && [1, 1].lastIndexOf(1) == 1 && [1].indexOf(2) == -1",
        "[[1], [2]].flatten() == [1, 2] && [1, 1].distinct() == [1] && [2, 1].sort() == [1, 2]",
        "lists.range(3) == [0, 1, 2] && [1, 2, 3].slice(1, 2) == [2]",
    ],
    "regular expressions": [
        "'abc 123'.find('[0-9]+') == '123' && 'abc'.find('[0-9]+') == ''",
        "'1 22 333'.findAll('[0-9]+') == ['1', '22', '333'] && '1 22 333'.findAll('[0-9]+', 1) == ['1']",
    ],
    "addresses of the web": [
        "isURL('https://example.com/a?b=c') && !isURL('example.com') && isURL('/a/b')",
        "url('https://example.com:8443/a/b?c=d&c=e#f').getPort() == '8443'",
        "url('https://example.com:8443/a').getHost() == 'example.com:8443'",
        "url('https://example.com:8443/a').getHostname() == 'example.com'",
        "url('https://example.com/a/b').getEscapedPath() == '/a/b'",
        "url('https://example.com').getScheme() == 'https'",
        "url('https://example.com/?c=d&c=e').getQuery()['c'] == ['d', 'e']",
    ],
    "addresses": [
        "isIP('192.0.2.7') && isIP('2001:db8::7') && !isIP('192.0.2.256') && !isIP('::ffff:192.0.2.7')",
        "ip('192.0.2.7').family() == 4 && ip('::1').family() == 6 && ip('::1') == ip('0:0::1')",
        "ip.isCanonical('::1') && !ip.isCanonical('0:0::1')",
        "ip('127.0.0.1').isLoopback() && ip('0.0.0.0').isUnspecified() && ip('169.254.1.1').isLinkLocalUnicast()",
        "ip('224.0.0.9').isLinkLocalMulticast() && ip('192.0.2.7').isGlobalUnicast()",
        "!ip('255.255.255.255').isGlobalUnicast() && string(ip('0:0::1')) == '::1'",
    ],
    "networks": [
        "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0/08')",
        "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.0'))",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.1.0.0/16').containsCIDR(cidr('10.0.0.0/8'))",
        "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.1.2.3/8').prefixLength() == 8",
        "cidr('10.1.2.3/8').ip() == ip('10.1.2.3') && string(cidr('10.1.2.3/8')) == '10.1.2.3/8'",
    ],
    "amounts": [
        "isQuantity('1.5Gi') && !isQuantity('1,5Gi') && !isQuantity(' 1')",
        "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('500m').isLessThan(quantity('1'))",
        "quantity('1Ki') == quantity('1024') && quantity('1').compareTo(quantity('1000m')) == 0",
        "quantity('1').add(quantity('1k')).sub(1).asInteger() == 1000 && quantity('-1').sign() == -1",
        "quantity('500m').asApproximateFloat() == 0.5 && !quantity('500m').isInteger()",
    ],
    "versions": [
        "isSemver('1.2.3-rc.1+build') && !isSemver('1.2') && !isSemver('01.2.3') && isSemver('v01.2', true)",
        "semver('1.9.0').isLessThan(semver('1.10.0')) && semver('1.0.0').isGreaterThan(semver('1.0.0-rc.1'))",
        "semver('1.0.0-rc.2').isLessThan(semver('1.0.0-rc.10')) && semver('1.0.0-1').isLessThan(semver('1.0.0-a'))",
        "semver('v1.2', true).minor() == 2 && semver('4.5.6').major() == 4 && semver('4.5.6').patch() == 6",
        "semver('1.0.0+a').compareTo(semver('1.0.0+b')) == 0",
    ],
    "formats": [
        "!format.dns1123Label().validate('web').hasValue() && format.dns1123Label().validate('Web').hasValue()",
        "!format.dns1123LabelPrefix().validate('web-').hasValue() && format.dns1035Label().validate('1a').hasValue()",
        "!format.dns1123Subdomain().validate('a.b').hasValue() && format.qualifiedName().validate('a//b').hasValue()",
        "!format.labelValue().validate('').hasValue() && format.labelValue().validate('-').hasValue()",
        "!format.uri().validate('https://example.com').hasValue() && format.uri().validate('example').hasValue()",
    ],
}


@pytest.mark.parametrize("expression", [each for several in TRUE.values() for each in several])
def test_expressions_mean_what_they_mean_for_the_api_server(evaluate, expression):
    assert evaluate(expression, TEXT) is True


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("self.size == 1", "no such key: size"),
        ("self.tags[2] == 'c'", "index out of bounds: 2"),
        ("1 / (self.three - 3) == 1", "division by zero"),
        ("9223372036854775807 + self.three > 0", "integer overflow"),
        ("quantity('500m').asInteger() == 1", "cannot convert value to integer"),
        ("[].max() == 1", "max called on empty list"),
        ("optional.none().value() == 1", "optional.none() dereference"),
    ],
)
def test_what_the_api_server_cannot_evaluate_either_is_told_in_its_words(evaluate, expression, reason):
    assert evaluate(expression, TEXT) == Failed(reason)


@pytest.mark.parametrize(
    ("expression", "line", "column"), [("self.a ==", 1, 10), ("self.a &&\n  )", 2, 3), ("if self.a", 1, 4)]
)
def test_what_is_no_expression_is_told_with_its_place(evaluate, expression, line, column):
    outcome = evaluate(expression, TEXT)
    assert isinstance(outcome, Refused)
    assert (outcome.line, outcome.column) == (line, column)


@pytest.mark.parametrize(
    "expression",
    [
        "self.name.unheardOf()",
        "authorizer.path('/').check('get').allowed()",
        "{'a': 1}.transformMap(k, v, v) == {'a': 1}",  # the library lacks a function for it
        "ip('nowhere').family() == 4",  # an error of the API server too, whose words we do not know
        "self.name.matches('(')",
        "isURL('https://[::1]/')",  # Go and Python read it differently
        "[1, 'a'].isSorted()",
        "self.three",
        "optional.of(true)",
        "dyn(optional.of(true))",
        "format.dns1123Label().validate('A').value()[0] == ''",  # the words are the API server's
        "self == '\ud800'",
    ],
)
def test_what_is_not_known_is_declined(evaluate, expression):
    assert evaluate(expression, TEXT) is Unjudged.LIBRARY


@pytest.mark.parametrize(
    "expression",
    [
        "{'a': optional.of(1)}.isSorted()",
        "[{'a': optional.none()}].isSorted()",
        "[{'a': optional.none()}].indexOf(optional.of(1)) == 0",
        "dyn([[{'a': [1].first()}]]).hasValue() && format.uri().validate('a').hasValue()",
        "[{'a': self.?name}].lastIndexOf(1) == 0",
    ],
)
def test_no_optional_is_handed_to_python_which_would_end_the_process(evaluate, expression):
    assert evaluate(expression, TEXT) in (Unjudged.LIBRARY, False)


def test_an_optional_old_self_is_none_when_an_object_is_created(evaluate):
    def asked(expression):
        return evaluate(expression, 3, has_optional_old_self=True)

    assert asked("!oldSelf.hasValue() || oldSelf.value() == self") is True
    assert asked("oldSelf.orValue(1) == self // one") is False
    assert isinstance(asked("oldSelf)"), Refused)


DOUBLED = "[1]" + ".map(x, [x, x])" * 25 + ".size() == 1"
LARGE = ["x" * 30 + str(index) for index in range(3_000)]


@pytest.mark.parametrize(
    ("expression", "itself"),
    [
        (DOUBLED, 1),
        ("'aaaaaaaaaa'" + ".replace('a', 'aaaaaaaaaa')" * 12 + " == ''", 1),
        ("optional.of('aa')" + ".optMap(x, x + x)" * 40 + ".hasValue()", 1),
        ("lists.range(100000000).size() == 1", 1),
        ("'%.999999999f'.format([1.0]) == ''", 1),
        ("self.all(a, self.all(b, self.all(c, a + b != c)))", LARGE),
        ("self.all(a, a.matches('" + "(a{1,900})?" * 5 + "'))", LARGE),
        ("self.all(a, self.exists(b, b.find(a) == a))", LARGE),
        ("self.all(a, self.all(b, true))", list(range(200))),
        ("true" + " || true" * 5_000, 1),
        ("[1].all(x, " * 25 + "true" + ")" * 25, 1),
    ],
)
def test_no_expression_can_make_us_wait(evaluate, expression, itself):
    before = time.process_time()
    assert evaluate(expression, itself) is Unjudged.WORK
    assert time.process_time() - before < 20, "the work is counted before it is done"


@pytest.mark.parametrize("text", ["(" * 500, "!" * 19_000 + "true", "[" * 9_000, "self" + ".a" * 9_000, "-" * 19_999])
def test_deep_expressions_end(evaluate, text):
    assert evaluate(text, 1) is not True or text.endswith("true")


@pytest.mark.parametrize(
    ("expression", "itself"),
    [
        ("self.all(l1, self.exists_one(l2, l1.name == l2.name))", [{"name": f"listener-{n}"} for n in range(64)]),
        ("self.all(key, key.matches('^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$'))", [f"name-{n}" for n in range(200)]),
        ("self.matches('^(a|b|x)*$')", "x" * 100_000),
        ("self.all(k, self[k].size() < 64)", {f"key-{n}": "value" for n in range(500)}),
    ],
)
def test_rules_of_the_size_that_people_write_are_not_declined(evaluate, expression, itself):
    assert evaluate(expression, itself) is True
