using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Commands.Shared;

/// <summary>The wire's words for states, there and back.</summary>
internal static class WireNames
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static bool TryParse<T>(string text, out T value)
        where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            value = candidate;
            if (Of(candidate) == text) return true;
        }

        value = default;
        return false;
    }

    public static string States => string.Join(", ", Enum.GetValues<TaskState>().Select(Of));
}
