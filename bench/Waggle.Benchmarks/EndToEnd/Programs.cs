using System.Diagnostics;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>The programs that a benchmark starts: the hub and its own worker. Both are in its folder.</summary>
internal static class Programs
{
    public static ProcessStartInfo Hub(params IEnumerable<string> arguments) => Start("waggle.dll", arguments);

    public static ProcessStartInfo Self(params IEnumerable<string> arguments) => Start("Waggle.Benchmarks.dll", arguments);

    private static ProcessStartInfo Start(string library, IEnumerable<string> arguments) =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, library), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
