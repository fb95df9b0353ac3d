using System.ComponentModel;
using System.Diagnostics;

namespace Waggle.SocketIO.Tests.Support;

/// <summary>The foreign clients that tests need of the machine.</summary>
internal static class Clients
{
    private static readonly Lazy<Task<string>> Folder = new(InstallAsync);

    /// <summary>A folder in which Node finds the clients.</summary>
    public static async Task<string> NpmAsync()
    {
        try
        {
            return await Folder.Value;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            Require.Missing($"The npm clients cannot be had: {e.Message}");
            return "";
        }
    }

    /// <summary>The client's script in the library, which is there if npm was when it was built.</summary>
    public static void ClientScript()
    {
        if (!SocketIO.ClientScript.Files.Any()) Require.Missing("The library was built without npm.");
    }

    public static async Task PythonSocketIOAsync()
    {
        var (code, _) = await Programs.RunAsync("/usr/bin/python3", ["-c", "import socketio"]);
        if (code != 0) Require.Missing("python3-socketio is not installed.");
    }

    private static async Task<string> InstallAsync()
    {
        // Kept for later runs. The name identifies the content.
        string[] packages = ["socket.io-client@4.8.4", "engine.io-client@6.6.8"];
        var folder = Path.Combine(Path.GetTempPath(), $"waggle-npm-{string.Join('-', packages).Replace('@', '-')}");
        if (!File.Exists(Path.Combine(folder, "done")))
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{"name":"clients","private":true}""");
            var (code, output) = await Programs.RunAsync("npm", ["install", "--no-audit", "--no-fund", .. packages], folder);
            if (code != 0) throw new InvalidOperationException(output);
            await File.WriteAllTextAsync(Path.Combine(folder, "done"), "");
        }

        foreach (var script in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Interop"), "*.mjs")) File.Copy(script, Path.Combine(folder, Path.GetFileName(script)), overwrite: true);
        return folder;
    }
}

internal static class Programs
{
    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string name, string[] arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Path.GetTempPath() };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{name} does not end: {await output}{await errors}");
        }

        return (process.ExitCode, await output + await errors);
    }
}
