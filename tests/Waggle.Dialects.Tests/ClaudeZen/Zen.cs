using System.Text;
using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Dialects.ClaudeZen;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;

namespace Waggle.Dialects.Tests.ClaudeZen;

/// <summary>Speaks with a dialect as a client does.</summary>
internal static class Zen
{
    public static Principal By { get; } = Principal.Local("main", "127.0.0.1");

    /// <summary>Opens the dialect and returns its greeting.</summary>
    public static IReadOnlyList<string> Open(ClaudeZenDialect dialect, Credential? credential = null, string? token = null)
    {
        var intents = new List<Intent>();
        Assert.True(dialect.Open(
            new Opening(
                HandshakeRequest.Plain with { Token = token }, credential ?? new Credential(By), credential is not null, () => EncodedText.At, "waggle/0.1.0", "main",
                "client-12345", new Position(3, 7))
            {
                StartedAt = EncodedText.At,
            },
            intents));
        return [.. intents.Select(i => Samples.Text(Assert.IsType<ReplyIntent>(i).Body))];
    }

    public static List<Intent> Read(ClaudeZenDialect dialect, string frame, Principal? by = null)
    {
        var intents = new List<Intent>();
        dialect.Read(Encoding.UTF8.GetBytes(frame), by ?? By, intents);
        return intents;
    }

    /// <summary>Returns the immediate answers to a frame.</summary>
    public static IReadOnlyList<string> Answers(ClaudeZenDialect dialect, string frame) =>
        [.. Read(dialect, frame).OfType<ReplyIntent>().Select(r => Samples.Text(r.Body))];

    public static string TimeOf(string frame) => JsonElement.Parse(frame).GetProperty("timestamp").GetString()!;
}
