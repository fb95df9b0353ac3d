using Waggle.TestKit;

namespace Waggle.Client.Tests;

public sealed class UrlAndBackoffTests
{
    [Theory]
    [InlineData("http://127.0.0.1:3000", "ws://127.0.0.1:3000/ws/waggle")]
    [InlineData("https://hub.example", "wss://hub.example/ws/waggle")]
    [InlineData("https://hub.example:8443/", "wss://hub.example:8443/ws/waggle")]
    [InlineData("ws://h/elsewhere", "ws://h/elsewhere")]
    [InlineData("wss://h/a/b?c=d", "wss://h/a/b?c=d")]
    [InlineData("http://h/waggle", "ws://h/waggle/ws/waggle")]
    [InlineData("https://h/a/waggle/", "wss://h/a/waggle/ws/waggle")]
    [InlineData("http://h/waggle/ws/waggle", "ws://h/waggle/ws/waggle")]
    public void A_base_url_gets_the_path_of_the_hub_and_that_of_a_WebSocket_is_left_alone(string given, string socket) =>
        Assert.Equal(socket, WaggleUrl.ToSocket(new Uri(given)).ToString());

    [Theory]
    [InlineData("http://h:1", "http://h:1/")]
    [InlineData("https://h/a/waggle/", "https://h/a/waggle/")]
    [InlineData("ws://h/waggle/ws/waggle", "http://h/waggle/")]
    [InlineData("ws://h/elsewhere", "http://h/")]
    public void What_goes_over_HTTP_goes_to_the_same_hub(string given, string http) => Assert.Equal(http, WaggleUrl.ToHttp(new Uri(given)).ToString());

    [Fact]
    public void Another_scheme_is_refused() => Assert.Throws<ArgumentException>(() => WaggleUrl.ToSocket(new Uri("ftp://h")));

    [Fact]
    public void Backoff_doubles_to_its_cap_and_stays_within_thirty_percent() => Gen.ForAll(100, g =>
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10), g.Dice);
        for (var i = 0; i < 40; i++)
        {
            var plain = Math.Min(200 * Math.Pow(2, i), 10_000);
            Assert.InRange(backoff.Next().TotalMilliseconds, plain * 0.7, plain * 1.3);
        }

        backoff.Reset();
        Assert.InRange(backoff.Next().TotalMilliseconds, 140, 260);
    });
}
