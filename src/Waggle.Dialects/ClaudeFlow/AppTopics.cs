using System.Globalization;
using System.Text;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Topics;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// The topics of applications. A topic of a client is under <c>app.claude-flow.</c> at the hub, and one that begins with <c>app.</c> is the hub's own. Slashes
/// between segments are kept as a first segment of their own, and characters that the hub does not permit as <c>~</c> and two hexadecimal digits each.
/// </summary>
internal static class AppTopics
{
    /// <summary>The greatest length of a topic of a client, in characters.</summary>
    public const int MaxLength = 200;

    private const string Prefix = "app.claude-flow.";
    private const string Slashes = "~slash";

    /// <summary>Returns the hub's topic for a client's.</summary>
    /// <exception cref="DialectException">It is no topic that a client may publish to.</exception>
    public static string HubTopicOf(string topic)
    {
        if (topic.Length is 0 or > MaxLength) throw PayloadReader.Invalid($"A topic has 1 to {MaxLength} characters; it had {topic.Length}.");
        var segments = topic.Split(topic.Contains('/') ? '/' : '.');
        if (segments.Contains("")) throw PayloadReader.Invalid($"topic '{PayloadReader.Clip(topic)}' has an empty segment.");
        if (segments.Any(s => s is "*" or "#")) throw PayloadReader.Invalid($"topic '{PayloadReader.Clip(topic)}' is a pattern; one publishes to a topic.");
        return Short(Map(topic, segments), topic);
    }

    /// <summary>Returns the hub's pattern for a client's.</summary>
    /// <exception cref="DialectException">The hub cannot select these topics.</exception>
    public static string PatternOf(string text, string[] segments)
    {
        if (Array.IndexOf(segments, "#") is >= 0 and var rest && rest < segments.Length - 1)
            throw PayloadReader.Invalid($"'{PayloadReader.Clip(text)}': # is the last segment of a pattern over topics of applications.");

        // It selects topics of both kinds, and those of other applications.
        return text == "#" ? "app.#" : Short(Map(text, segments), text);
    }

    /// <summary>Returns the topic of a client for the hub's; null if clients of this dialect do not receive it.</summary>
    public static string? ClientTopicOf(string topic)
    {
        if (!topic.StartsWith(Prefix, StringComparison.Ordinal)) return topic;
        var segments = topic[Prefix.Length..].Split('.');
        var slashes = segments[0] == Slashes;
        var text = string.Join(slashes ? '/' : '.', segments.Skip(slashes ? 1 : 0).Select(Decode));

        // Another client of the hub could have written such a topic. It is no event of the hub.
        return !slashes && (EventTypes.IsChannel(segments[0]) || segments[0] == "app") ? null : text;
    }

    private static string Map(string text, string[] segments) => text.Contains('/') ? $"{Prefix}{Slashes}.{string.Join('.', segments.Select(Encode))}"
        : segments[0] == "app" && segments.Length > 1 ? text
        : Prefix + string.Join('.', segments.Select(Encode));

    private static string Short(string topic, string text) => topic.Length <= Topic.MaxLength
        ? topic
        : throw PayloadReader.Invalid($"topic '{PayloadReader.Clip(text)}' is too long: at most {Topic.MaxLength} characters in the hub's form {Prefix}….");

    private static string Encode(string segment)
    {
        if (segment is "*" or "#" || (Ids.IsValid(segment) && !segment.Contains('~'))) return segment;
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(segment))
        {
            if (b != (byte)'~' && Ids.IsValid([(char)b])) text.Append((char)b);
            else text.Append(CultureInfo.InvariantCulture, $"~{b:X2}");
        }

        return text.ToString();
    }

    private static string Decode(string segment)
    {
        if (!segment.Contains('~')) return segment;
        var bytes = new List<byte>(segment.Length);
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] == '~' && i + 2 < segment.Length
                && byte.TryParse(segment.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var b))
            {
                bytes.Add(b);
                i += 2;
            }
            else bytes.Add((byte)segment[i]);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
