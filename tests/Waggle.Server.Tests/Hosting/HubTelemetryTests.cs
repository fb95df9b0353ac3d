using System.Diagnostics.Metrics;
using Waggle.Server.Hosting;
using Waggle.Server.Tests.Api;

namespace Waggle.Server.Tests.Hosting;

public sealed class HubTelemetryTests
{
    [Fact]
    public async Task Every_meter_of_the_hub_is_among_those_that_are_exported()
    {
        HashSet<string> found = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                lock (found) found.Add(instrument.Meter.Name);
            },
        };
        listener.Start();
        await using var hub = await RestHub.StartAsync(o => o with { Auth = new() { Tokens = true } });

        // Other tests have meters of their own, and the meter without a reader is one, too.
        lock (found) Assert.Equal(HubTelemetry.MeterNames.Order(), found.Where(n => n.StartsWith("Waggle.", StringComparison.Ordinal) && n != "Waggle.Unread" && !n.StartsWith("Waggle.Tests", StringComparison.Ordinal)).Order());
    }
}
