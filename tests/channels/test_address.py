from ipaddress import ip_address

import pytest

from channels.address import URL_LENGTH_MAX, AddressRefused, Allowed, check, is_public, read

NOBODY = Allowed()


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://bot.example/hook", "https://bot.example/hook"),
        ("https://bot.example", "https://bot.example/"),
        ("HTTPS://Bot.Example.:443/Hook?a=b", "https://bot.example/Hook?a=b"),
        ("https://bot.example:8443/", "https://bot.example:8443/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://93.184.216.34/", "https://93.184.216.34/"),
        ("https://[2606:2800:0:0::1]/", "https://[2606:2800::1]/"),
        ("https://under_score.example/", "https://under_score.example/"),
    ],
)
def test_an_honest_url_is_taken_in_one_spelling(given: str, url: str) -> None:
    assert read(given, NOBODY).url == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "printable"),
        ("bot.example/hook", "https://"),
        ("//bot.example/hook", "https://"),
        ("http://bot.example/", "https://"),
        ("ftp://bot.example/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("javascript:alert(1)", "https://"),
        ("https:///hook", "no valid name"),
        ("https://:443/", "no valid name"),
        ("https://user@bot.example/", "user or a password"),
        ("https://user:word@bot.example/", "user or a password"),
        ("https://@bot.example/", "user or a password"),
        ("https://bot.example#@evil.example/", "fragment"),
        ("https://bot.example/#part", "fragment"),
        ("https://bot.example\\@evil.example/", "backslash"),
        ("https://bot.example /", "space"),
        ("https://bot.example/\r\nHost: evil", "space"),
        ("https://bot.\texample/", "space"),
        ("https://bot.example/\x00", "not printable"),
        ("https://bücher.example/", "xn--"),
        ("https://１２７.０.０.１/", "xn--"),  # noqa: RUF001 -- full-width digits, which IDNA maps
        ("https://ⓛocalhost/", "xn--"),
        ("https://bot。example/", "xn--"),
        ("https://bot.example:0/", "Port 0"),
        ("https://bot.example:65536/", "malformed"),
        ("https://bot.example:-1/", "malformed"),
        ("https://bot.example:https/", "malformed"),
        ("https://bot..example/", "no valid name"),
        ("https://bot.example../", "no valid name"),
        ("https://.bot.example/", "no valid name"),
        ("https://-bot.example/", "no valid name"),
        ("https://bot%2eexample/", "no valid name"),
        ("https://%31%32%37.0.0.1/", "no valid name"),
        (f"https://{'a' * 64}.example/", "no valid name"),
        (f"https://{'a.' * 127}example/", "no valid name"),
        (f"https://bot.example/{'a' * URL_LENGTH_MAX}", "longer"),
        ("https://2130706433/", "four decimal"),
        ("https://0x7f000001/", "four decimal"),
        ("https://0x7f.0.0.1/", "four decimal"),
        ("https://127.0.0.0x1/", "four decimal"),
        ("https://127.0.0.0x/", "four decimal"),
        ("https://0177.0.0.1/", "four decimal"),
        ("https://127.0.0.01/", "four decimal"),
        ("https://127.1/", "four decimal"),
        ("https://127.0.1./", "four decimal"),
        ("https://256.1.1.1/", "four decimal"),
        ("https://1.2.3.4.5/", "four decimal"),
        ("https://[::1/", "malformed"),
        ("https://[fe80::1%25eth0]/", "one network interface"),
        ("https://[:::1]/", "malformed|no valid"),
        ("https://[bot.example]/", "malformed|no valid"),
    ],
)
def test_a_crooked_url_is_refused(url: str, why: str) -> None:
    with pytest.raises(AddressRefused, match=why):
        read(url, NOBODY)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "0.0.0.0",  # noqa: S104 -- is refused
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
        ),
        *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1"),
        *("192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7"),
        *("203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "100::1", "2001::1"),
        *("2001:0:7f00:1::", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1"),
        *("3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%1", "fec0::1"),
        *("ff02::1", "ff0e::1"),
    ],
)
def test_an_address_within_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "93.184.216.34", "100.63.255.255", "172.15.255.255", "172.32.0.1"),
        *("192.169.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1"),
        *("2001:200::1", "64:ff9b::808:808"),
    ],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_a_name_may_be_called_when_all_its_addresses_are_public() -> None:
    found = check("bot.example", 443, ["93.184.216.34", "2606:4700::1111"], NOBODY)
    assert [str(a) for a in found] == ["93.184.216.34", "2606:4700::1111"]


def test_one_address_within_refuses_the_name() -> None:
    with pytest.raises(AddressRefused, match="not public"):
        check("bot.example", 443, ["93.184.216.34", "10.0.0.1"], NOBODY)


def test_a_name_without_addresses_is_refused() -> None:
    with pytest.raises(AddressRefused, match="no address"):
        check("bot.example", 443, [], NOBODY)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("localhost", "http://localhost:9000/"),
        ("LocalHost:9000", "http://localhost.:9000/"),
        ("127.0.0.1", "http://127.0.0.1/"),
        ("127.0.0.1:9000", "http://127.0.0.1:9000/"),
        ("[::1]:9000", "http://[::1]:9000/"),
        ("::1", "http://[0::1]:9000/"),
        ("10.0.0.0/8", "http://10.2.3.4/"),
        ("fd00::/8", "http://[fd00::5]/"),
    ],
)
def test_what_is_allowed_may_be_called_without_tls(entry: str, url: str) -> None:
    allowed = Allowed.parse([entry])
    target = read(url, allowed)
    address = "10.9.9.9" if target.host == "localhost" else target.host
    assert len(check(target.host, target.port, [address], allowed)) == 1


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("localhost:9000", "http://localhost:9001/"),
        ("localhost", "http://localhost.example/"),
        ("localhost", "http://sub.localhost/"),
        ("127.0.0.1", "http://127.0.0.2/"),
        ("10.0.0.0/8", "http://11.0.0.1/"),
        ("10.0.0.0/8", "http://bot.internal/"),
    ],
)
def test_only_what_is_allowed_may_be_called_without_tls(entry: str, url: str) -> None:
    with pytest.raises(AddressRefused, match="https://"):
        read(url, Allowed.parse([entry]))


def test_a_name_may_lead_into_an_allowed_network_only() -> None:
    allowed = Allowed.parse(["10.0.0.0/8"])
    assert check("bot.internal", 443, ["10.2.3.4"], allowed) == [ip_address("10.2.3.4")]
    with pytest.raises(AddressRefused, match="not public"):
        check("bot.internal", 443, ["10.2.3.4", "192.168.0.1"], allowed)


def test_a_public_name_keeps_its_rules_whatever_else_is_allowed() -> None:
    with pytest.raises(AddressRefused, match="not public"):
        check("bot.example", 443, ["127.0.0.1"], Allowed.parse(["localhost"]))


@pytest.mark.parametrize("entry", ["", "a b", "host:port", "10.0.0.1/8", "http://host", "[::1]"])
def test_an_allowance_that_cannot_be_read_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="no host, no host:port and no network"):
        Allowed.parse([entry])
