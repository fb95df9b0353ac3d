using System.Text;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>
/// The text form of a <see cref="TaskQuery"/>, as the command line and the dashboard write it: <c>state:failed,expired swarm:s1 agent:a1 parent:t1
/// type:build error:3f9c0a17d2b48e65 words of the text</c>. Quotes hold a value with spaces together. Pure and thread-safe.
/// </summary>
/// <example><code>TaskQueryText.TryParse("state:failed swarm:crawl", out TaskQuery query, out string? problem)</code></example>
public static class TaskQueryText
{
    private const string Keys = "state, swarm, agent, parent, type, error, text";

    /// <summary>Reads a query.</summary>
    /// <param name="text">The text; an empty one selects all tasks.</param>
    /// <param name="query">The query; all tasks if the text cannot be read.</param>
    /// <param name="problem">The fault of the text; null without one.</param>
    /// <returns>Whether the text could be read.</returns>
    public static bool TryParse(string text, out TaskQuery query, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        (query, problem) = (new TaskQuery(), null);
        var read = new TaskQuery();
        foreach (var token in Tokens(text))
        {
            var colon = token.IndexOf(':', StringComparison.Ordinal);
            var (key, value) = colon < 0 ? ("", token) : (token[..colon], token[(colon + 1)..]);
            problem = value.Length == 0 ? $"'{token}' has no value." : Take(ref read, key, value);
            if (problem is not null) return false;
        }

        query = read;
        return true;
    }

    /// <summary>Returns the text of a query.</summary>
    public static string Of(TaskQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var words = new List<string>();
        if (query.States is { Count: > 0 } states) words.Add($"state:{string.Join(',', states.Select(SnakeCase.Of))}");
        if (query.Swarm is { } swarm) words.Add($"swarm:{swarm}");
        if (query.Agent is { } agent) words.Add($"agent:{agent}");
        if (query.Parent is { } parent) words.Add($"parent:{parent}");
        if (query.Type is { } type) words.Add(Quote($"type:{type}"));
        if (query.Error is { } error) words.Add($"error:{error}");
        if (query.Text is { } text) words.Add(Quote($"text:{text}"));
        return string.Join(' ', words);
    }

    private static string? Take(ref TaskQuery query, string key, string value)
    {
        switch (key)
        {
            case "state":
                var states = new List<TaskState>(query.States ?? []);
                foreach (var name in value.Split(',', StringSplitOptions.RemoveEmptyEntries))
                {
                    if (!SnakeCase.TryParse<TaskState>(name, out var state))
                        return $"There is no state '{name}'. States are {string.Join(", ", Enum.GetValues<TaskState>().Select(SnakeCase.Of))}.";
                    states.Add(state);
                }

                query = query with { States = states };
                return null;
            case "swarm": query = query with { Swarm = value }; return null;
            case "agent": query = query with { Agent = value }; return null;
            case "parent": query = query with { Parent = value }; return null;
            case "type": query = query with { Type = value }; return null;
            case "error": query = query with { Error = value }; return null;
            case "text" or "": query = query with { Text = query.Text is null ? value : $"{query.Text} {value}" }; return null;
            default: return $"There is no key '{key}'. Keys are {Keys}.";
        }
    }

    private static string Quote(string part) => part.Any(char.IsWhiteSpace) ? $"\"{part.Replace("\"", "", StringComparison.Ordinal)}\"" : part;

    // Parts between spaces; a space within quotes belongs to its part, and the quotes do not.
    private static IEnumerable<string> Tokens(string text)
    {
        var token = new StringBuilder();
        var isQuoted = false;
        foreach (var c in text)
        {
            if (c == '"') isQuoted = !isQuoted;
            else if (!isQuoted && char.IsWhiteSpace(c))
            {
                if (token.Length > 0) yield return token.ToString();
                token.Clear();
            }
            else
            {
                token.Append(c);
            }
        }

        if (token.Length > 0) yield return token.ToString();
    }
}
