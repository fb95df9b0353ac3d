using System.Text.Json;

namespace Waggle.Protocol.Json;

/// <summary>Converts names to their form on the wire: <c>TaskState.RetryWait</c> is <c>retry_wait</c>. Pure and thread-safe.</summary>
/// <example><code>SnakeCase.Of(TaskState.RetryWait)        // "retry_wait"</code></example>
public static class SnakeCase
{
    /// <summary>Returns the name of a member or type.</summary>
    /// <param name="name">The name in PascalCase.</param>
#pragma warning disable RS0030 // The one place.
    public static string Of(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
#pragma warning restore RS0030

    /// <summary>Returns the name of a value as <see cref="SnakeCaseEnum{T}"/> writes it.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Of(value.ToString());

    /// <summary>Finds the value of a name; the comparison is exact.</summary>
    /// <param name="name">The name on the wire.</param>
    /// <param name="value">The value, or the default one.</param>
    /// <returns>Whether a value has this name.</returns>
    public static bool TryParse<T>(string name, out T value)
        where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            value = candidate;
            if (Of(candidate) == name) return true;
        }

        value = default;
        return false;
    }
}
