using System.Diagnostics.Metrics;
using System.Net;
using Waggle.Server.AccessControl;
using Waggle.Server.Telemetry;

namespace Waggle.Server.Tests.AccessControl;

public sealed class ConnectionLimiterTests : IDisposable
{
    private readonly Meter _meter = new("Waggle.Tests.Places");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void An_address_with_too_many_is_told_so_and_the_others_come_in()
    {
        var places = Of(new() { MaxPerAddress = 2 });
        Assert.Null(places.Take(IPAddress.Parse("203.0.113.7")));
        Assert.Null(places.Take(IPAddress.Parse("203.0.113.7").MapToIPv6()));
        var refusal = places.Take(IPAddress.Parse("203.0.113.7"))!;
        Assert.Equal(("TOO_MANY_CONNECTIONS", 5000), (refusal.Code, refusal.RetryAfterMs));
        Assert.Contains("2 clients from 203.0.113.7", refusal.Message, StringComparison.Ordinal);
        Assert.Null(places.Take(IPAddress.Parse("203.0.113.8")));
        places.Leave(IPAddress.Parse("203.0.113.7"));
        Assert.Null(places.Take(IPAddress.Parse("203.0.113.7")));
    }

    [Fact]
    public void A_network_of_64_bits_counts_as_one_address()
    {
        var places = Of(new() { MaxPerAddress = 1 });
        Assert.Null(places.Take(IPAddress.Parse("2001:db8::1")));
        Assert.NotNull(places.Take(IPAddress.Parse("2001:db8::2")));
        Assert.Null(places.Take(IPAddress.Parse("2001:db8:0:1::1")));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void This_machines_own_are_counted_in_all_only(string address)
    {
        var places = Of(new() { MaxPerAddress = 1, MaxConnections = 3 });
        for (var i = 0; i < 3; i++) Assert.Null(places.Take(IPAddress.Parse(address)));
        Assert.Equal("HUB_FULL", places.Take(IPAddress.Parse(address))!.Code);
    }

    [Fact]
    public void No_limit_is_above_what_the_process_may_have_open()
    {
        var files = Waggle.Server.Hosting.FileDescriptors.Limit();
        Assert.SkipWhen(files is null, "This machine does not say how many files a process may have open.");
        Assert.InRange(new ConnectionLimits { MaxConnections = int.MaxValue }.Most, 1, files!.Value - 1);
    }

    [Theory]
    [InlineData(100_000, 200, 576)]
    [InlineData(0, 575, 576)]
    [InlineData(1000, 1024, 1512)]
    public void A_process_that_may_not_open_enough_files_is_refused_with_the_number(int clients, int files, int needed)
    {
        var error = Assert.Throws<IOException>(() => new ConnectionLimits { MaxConnections = clients }.RequireFiles(files));
        Assert.Contains($"may have {files} files open, and the hub needs {needed}", error.Message, StringComparison.Ordinal);
        new ConnectionLimits { MaxConnections = clients }.RequireFiles(needed);
        new ConnectionLimits { MaxConnections = clients }.RequireFiles(null);
    }

    private ConnectionLimiter Of(ConnectionLimits limits) => new(limits, new HubMetrics(_meter));
}
