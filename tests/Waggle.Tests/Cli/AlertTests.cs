using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle alerts</c> against a hub whose disk is always too full, for its threshold.</summary>
public sealed class AlertTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_alert_is_listed_acknowledged_and_listed_as_such()
    {
        await using var hub = CliProcess.Start(
            null, ["serve", "--port", "0", "--data", _folder.File("data"), "--insight-interval", "250ms", "--alert", "disk_space=0.001/0/0s", "--alert", "host_cpu=off"]);
        var url = (await hub.Output.WaitAsync("ready http://127.0.0.1:"))["ready ".Length..];
        var listed = "";
        await Eventually.Async(
            async () =>
            {
                listed = (await CliProcess.RunAsync(url, "alerts")).Output;
                return listed.Contains("disk_space", StringComparison.Ordinal);
            },
            "the alert",
            TimeSpan.FromSeconds(60));
        var id = listed.Split('\n').First(l => l.Contains("disk_space", StringComparison.Ordinal)).Split(' ')[0];
        Assert.Contains("firing", listed, StringComparison.Ordinal);

        Assert.Contains("acknowledged", (await CliProcess.RunAsync(url, "alerts", "ack", id)).Output, StringComparison.Ordinal);
        Assert.Contains("acknowledged", (await CliProcess.RunAsync(url, "alerts")).Output, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"acknowledged\"", (await CliProcess.RunAsync(url, "alerts", "--json")).Output, StringComparison.Ordinal);

        var wrong = await CliProcess.RunAsync(url, "alerts", "ack", "al9-9");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("There is no alert 'al9-9'.", wrong.Error, StringComparison.Ordinal);
        hub.Signal(CliProcess.Terminate);
        Assert.Equal(0, (await hub.EndAsync()).ExitCode);
    }
}
