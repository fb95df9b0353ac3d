using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Commands.Operations;

public sealed class DoctorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_a_hub_runs_on_is_well_and_in_use()
    {
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data")]);
        var port = new Uri((await hub.Output.WaitAsync("ready "))["ready ".Length..]).Port;
        var looked = await CliProcess.RunAsync(null, "doctor", "--data", _folder.File("data"), "--port", $"{port}", "--json");
        Assert.Equal(0, looked.ExitCode);
        Assert.Contains($"process {hub.Id}", Detail(looked, "lock"), StringComparison.Ordinal);
        Assert.Contains("in use", Detail(looked, "port"), StringComparison.Ordinal);
        Assert.Contains("hive default at 1:", Detail(looked, "database"), StringComparison.Ordinal);
        Assert.Contains("p50", Detail(looked, "fsync"), StringComparison.Ordinal);
        Assert.Contains('3', Detail(looked, "sqlite"));
        Assert.Equal("ok", Find(looked, "clock").GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_damaged_database_fails_and_the_exit_code_says_so()
    {
        Directory.CreateDirectory(_folder.File("data"));
        await File.WriteAllTextAsync(_folder.File("data/waggle.db"), new string('x', 5000));
        var looked = await CliProcess.RunAsync(null, "doctor", "--data", _folder.File("data"), "--port", $"{FreePort()}");
        Assert.Equal(1, looked.ExitCode);
        Assert.Contains(looked.Output.Split('\n'), l => l.StartsWith("database", StringComparison.Ordinal) && l.Contains("fail", StringComparison.Ordinal) && l.Contains("not an SQLite database", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_entity_is_shown_with_what_is_left_of_it_and_nothing_is_changed()
    {
        await using (var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data")]))
        {
            var url = (await hub.Output.WaitAsync("ready "))["ready ".Length..];
            Assert.Equal(0, (await CliProcess.RunAsync(null, "task", "create", "title-of-a-task", "--url", url)).ExitCode);
            hub.Signal(15);
            Assert.Equal(0, (await hub.EndAsync()).ExitCode);
        }

        var whole = await CliProcess.RunAsync(null, "doctor", "--repair", "--data", _folder.File("data"));
        Assert.Equal((0, true), (whole.ExitCode, whole.Output.Contains("nothing to repair", StringComparison.Ordinal)));

        var file = _folder.File("data/waggle.db");
        var bytes = await File.ReadAllBytesAsync(file);
        for (var at = 0; bytes.AsSpan(at).IndexOf("title-of-a-task"u8) is >= 0 and var next; at += next + 1) bytes[at + next + 2] = 0xff;
        await File.WriteAllBytesAsync(file, bytes);
        var looked = await CliProcess.RunAsync(null, "doctor", "--repair", "--data", _folder.File("data"));
        Assert.Equal(1, looked.ExitCode);
        Assert.Contains("task t1 (open, hive default)", looked.Output, StringComparison.Ordinal);
        Assert.Contains("ti\uFFFDle-of-a-task", looked.Output, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static JsonElement Find(CliResult looked, string check) => looked.Json.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("check").GetString() == check);

    private static string Detail(CliResult looked, string check) => Find(looked, check).GetProperty("detail").GetString()!;
}
