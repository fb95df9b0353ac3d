using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Waggle.Shared;

namespace Waggle;

/// <summary>
/// Replaces this process by <c>waggle-worker</c>, the same worker command compiled ahead of time, if that program is in the folder of this one. It needs less
/// than half of the memory.
/// </summary>
internal static class NativeWorker
{
    private const int MaxOutput = 1_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Returns if the arguments are those of another command, or if this process has to run the worker. Call it on the main thread: the new program gets what
    /// belongs to the thread, such as the signal that the death of the parent sends.
    /// </summary>
    public static void Replace(string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "waggle-worker");
        if (arguments is not ["worker", ..] || NeedsModels(arguments) || OperatingSystem.IsWindows() || !File.Exists(program)) return;
        var problem = Problem(program);
        if (problem is null)
        {
            RemoveDiagnosticFiles();

            // Returns only if it fails. The first argument is the name that help shows.
            _ = Libc.execv(program, ["waggle", .. arguments, null]);
            problem = $"{new Win32Exception(Marshal.GetLastPInvokeError()).Message}.";
        }

        Printer.Note($"waggle: {program} is not used: {problem} The worker runs in this process, which needs more memory.");
    }

    // The libraries for models are not compiled ahead of time. With --agent, the model is a matter of the agent.
    private static bool NeedsModels(string[] arguments) => Has(arguments, "--model") && !Has(arguments, "--agent");

    private static bool Has(string[] arguments, string option) =>
        Array.Exists(arguments, argument => argument == option || argument.StartsWith($"{option}=", StringComparison.Ordinal) || argument.StartsWith($"{option}:", StringComparison.Ordinal));

    // The runtime deletes these files at its end, which a replaced process does not reach.
    private static void RemoveDiagnosticFiles()
    {
        foreach (var pattern in (string[])[$"dotnet-diagnostic-{Environment.ProcessId}-*", $"clr-debug-pipe-{Environment.ProcessId}-*"])
        {
            foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), pattern)) File.Delete(file);
        }
    }

    // Nothing can be mended after the replacement, so the program shows before that it starts on this system and belongs to this version.
    private static string? Problem(string program)
    {
        var (said, complaint) = (new StringBuilder(), new StringBuilder());
        using var process = new Process
        {
            StartInfo = new(program, ["--version"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, line) => Add(said, line.Data);
        process.ErrorDataReceived += (_, line) => Add(complaint, line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return $"{new Win32Exception(e.NativeErrorCode).Message}.";
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            return $"it did not answer within {Limit.TotalSeconds} s.";
        }

        // The rest of its output.
        process.WaitForExit();
        if (process.ExitCode != 0) return $"it ends with exit code {process.ExitCode}{(complaint.Length > 0 ? $": {complaint}" : "")}.";
        var own = typeof(NativeWorker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return said.ToString() == own ? null : $"its version is {said}, that of waggle is {own}.";
    }

    private static void Add(StringBuilder text, string? line)
    {
        if (line is null || text.Length + line.Length > MaxOutput) return;
        if (text.Length > 0) text.Append(' ');
        text.Append(line);
    }
}
