using Waggle.Tests.Cli;

namespace Waggle.Benchmarks.Tests;

/// <summary>The benchmarks as a process of their own.</summary>
internal static class BenchProcess
{
    public static CliProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null) =>
        CliProcess.Start(null, arguments, variables: variables, program: "Waggle.Benchmarks.dll");

    public static async Task<CliResult> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return await process.EndAsync();
    }
}
