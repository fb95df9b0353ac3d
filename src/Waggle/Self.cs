using System.Diagnostics;
using System.Reflection;

namespace Waggle;

/// <summary>Starts this program as a child process, whether it runs from its own executable or from <c>dotnet waggle.dll</c>.</summary>
internal static class Self
{
    public static ProcessStartInfo Start(params IEnumerable<string> arguments)
    {
        var path = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        var start =
            new ProcessStartInfo(path) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (string.Equals(Path.GetFileNameWithoutExtension(path), "dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }
}
