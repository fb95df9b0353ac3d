using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Packages;

/// <summary>The printed programs that need Waggle.Server, Waggle.SocketIO or the SDK, compiled from the packages in one new web project, and run.</summary>
public sealed class HostPackageTests(PackageFeed feed, HubFixture hub)
{
    [Fact]
    public async Task The_printed_programs_are_compiled_from_packages_and_run()
    {
        var project = await feed.NewProjectAsync("web", "Microsoft.NET.Sdk.Web", ["Waggle.Server", "Waggle.SocketIO", "Waggle.Client"], new Dictionary<string, string>
        {
            ["Program.cs"] = "await (args[0] switch { \"host\" => Host.RunAsync(args[1..]), \"chat\" => Chat.RunAsync(args[1..]), \"rest\" => Rest.RunAsync(args[1..]), _ => Worker.RunAsync(args[1..]) });",
            ["Host.cs"] = Wrapped("Host", PackageFeed.Samples("src/Waggle.Server/README.md"), "await Task.CompletedTask;"),
            ["Chat.cs"] = Wrapped("Chat", "using Waggle.SocketIO;\n" + First(PackageFeed.Samples("src/Waggle.SocketIO/README.md"), "});\n\n") + "app.Run();", "await Task.CompletedTask;"),
            ["Worker.cs"] = Wrapped("Worker", PackageFeed.Samples("README.md").Replace("http://127.0.0.1:3000", await hub.UrlAsync(), StringComparison.Ordinal), ""),
            ["Rest.cs"] = Wrapped("Rest", RestProgram(), "await app.StopAsync();"),
            ["Survey.cs"] = $"internal sealed class Survey\n{{\nprivate readonly int[] _all = [1, 2];\nprivate readonly string? _name = Environment.UserName;\nprivate bool Fits(int x) => x < _all.Length;\npublic {Assert.Single(PackageFeed.Fragments("docs/survey.md"))}}}\n",
        });
        await WorkerAsync(project);
        await HostAsync(project);
        await ChatAsync(project);
        Assert.Contains("here: 0", await PackageFeed.DotnetAsync(project, null, Path.Combine("out", "web.dll"), "rest", "--urls", "http://127.0.0.1:0"), StringComparison.Ordinal);
    }

    // The two fragments of docs/rest.md as one program: an application that hosts the hub, and its requests to the hub.
    private static string RestProgram()
    {
        var fragments = PackageFeed.Fragments("docs/rest.md");
        Assert.Equal(2, fragments.Length);
        return $"""
            {fragments[0].Replace("builder.AddWaggle", "var builder = WebApplication.CreateBuilder(args);\nbuilder.AddWaggle", StringComparison.Ordinal)}
            await app.StartAsync();
            var hive = app.Services.GetRequiredService<IHive>();
            var cancel = app.Lifetime.ApplicationStopping;
            {fragments[1]}
            Console.WriteLine("here: " + here.Users.Count);
            """;
    }

    private async Task WorkerAsync(string project)
    {
        using var worker = PackageFeed.StartDotnet(project, null, Path.Combine("out", "web.dll"), "worker");
        try
        {
            var client = await hub.ClientAsync();
            var task = await client.CreateTaskAsync(new TaskSpec { Title = "Echo", Input = RawJson.Parse("[1,2]"), AssignTo = "echo" });
            var done = await client.WaitForCompletionAsync(task.Id).WaitAsync(TimeSpan.FromMinutes(2));
            Assert.Equal("[1,2]", done.Result.ToString());
        }
        finally
        {
            await EndAsync(worker);
        }
    }

    private static async Task HostAsync(string project)
    {
        using var host = PackageFeed.StartDotnet(project, null, Path.Combine("out", "web.dll"), "host", "--urls", "http://127.0.0.1:0");
        try
        {
            var url = await AddressAsync(host);
            using var http = new HttpClient { BaseAddress = url };
            Assert.Equal("Hello World!", await http.GetStringAsync(new Uri("/", UriKind.Relative)));
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/metrics", UriKind.Relative))).StatusCode);
            Assert.StartsWith("ready", await http.GetStringAsync(new Uri("/waggle/health/ready", UriKind.Relative)), StringComparison.Ordinal);
            var made = await CliProcess.RunAsync(null, "task", "create", "Over the prefix", "--url", new Uri(url, "/waggle").ToString(), "--json");
            Assert.True(made.ExitCode == 0, made.Error);
            Assert.Equal("pending", made.Json.GetProperty("state").GetString());
            Assert.True(File.Exists(Path.Combine(project, "waggle-data", "waggle.db")));
        }
        finally
        {
            await EndAsync(host);
        }
    }

    private static async Task ChatAsync(string project)
    {
        using var chat = PackageFeed.StartDotnet(project, null, Path.Combine("out", "web.dll"), "chat", "--urls", "http://127.0.0.1:0");
        try
        {
            var url = await AddressAsync(chat);
            using var socket = new ClientWebSocket();
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{url.Port}/socket.io/?EIO=4&transport=websocket"), patience.Token);
            Assert.StartsWith("0{", await ReadAsync(socket, patience.Token), StringComparison.Ordinal);
        }
        finally
        {
            await EndAsync(chat);
        }
    }

    private static async Task<string> ReadAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        var buffer = new byte[4096];
        var got = await socket.ReceiveAsync(buffer, cancel);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, got.Count);
    }

    // ASP.NET Core prints "Now listening on: http://127.0.0.1:41083".
    private static async Task<Uri> AddressAsync(Process host)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await host.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Split("Now listening on: ") is [_, var url]) return new Uri(url.Trim());
        }

        throw new InvalidOperationException($"The application ended: {await host.StandardError.ReadToEndAsync(patience.Token)}");
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    // Converts a program of top-level statements to a method. Its usings stay at the top.
    private static string Wrapped(string name, string program, string end)
    {
        var lines = program.Split('\n');
        var usings = lines.Where(l => l.StartsWith("using ", StringComparison.Ordinal) && l.EndsWith(';') && !l.Contains('=', StringComparison.Ordinal)).ToArray();
        return $"{string.Join('\n', usings)}\n\ninternal static class {name}\n{{\n    public static async Task RunAsync(string[] args)\n    {{\n{string.Join('\n', lines.Where(l => !usings.Contains(l)))}\n{end}\n    }}\n}}\n";
    }

    private static string First(string text, string end) => text[..(text.IndexOf(end, StringComparison.Ordinal) + end.Length)];
}
