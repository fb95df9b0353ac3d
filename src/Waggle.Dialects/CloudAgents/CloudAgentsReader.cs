using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.CloudAgents;

/// <summary>Reads the messages of clients. No message of a client names the user on whose behalf it acts.</summary>
/// <param name="user">The connection's user; null for a connection without a token.</param>
/// <param name="clock">The time of the replies; null leaves it out.</param>
internal sealed class CloudAgentsReader(string? user, Func<DateTimeOffset>? clock)
{
    private const string BadFormat = "Invalid message format";

    // The number of characters that an error quotes from an invalid frame.
    private const int MaxQuoted = 40;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Limits.MaxDepth };

    /// <summary>The messages of clients with their effects; the page has the same.</summary>
    public static IReadOnlyList<(string Type, string Becomes)> Taken { get; } =
    [
        ("ping", "`pong` at once"),
        ("pong", "a sign of life"),
        ("user_presence", $"`presence.set` of the connection's user, with `data` as its status: {string.Join(", ", CloudAgentsWords.Presence.Keys)}"),
    ];

    public void Read(ReadOnlySpan<byte> frame, List<Intent> intents)
    {
        try
        {
            var reader = new Utf8JsonReader(frame, new JsonReaderOptions { MaxDepth = Limits.MaxDepth });
            using var message = JsonDocument.ParseValue(ref reader);
            if (reader.BytesConsumed != frame.Length && !frame[(int)reader.BytesConsumed..].Trim(" \t\r\n"u8).IsEmpty) throw new JsonException();
            Read(message.RootElement, intents);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The frame is not JSON, or its text is not Unicode.
            intents.Add(Error(BadFormat));
        }
    }

    private void Read(JsonElement message, List<Intent> intents)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("type", out var named) || named.ValueKind != JsonValueKind.String)
        {
            intents.Add(Error(BadFormat));
            return;
        }

        switch (named.GetString()!)
        {
            case "ping":
                intents.Add(CloudAgentsFrames.Reply(output => CloudAgentsFrames.Bare(output, "pong", clock?.Invoke())));
                break;
            case "pong":
                break;
            case "user_presence":
                ReadPresence(message, intents);
                break;
            case var type:
                intents.Add(Error($"Unknown message type '{Quote(type)}': a client says {string.Join(", ", Taken.Select(t => t.Type))}."));
                break;
        }
    }

    private void ReadPresence(JsonElement message, List<Intent> intents)
    {
        if (user is null)
        {
            intents.Add(Error("user_presence: a connection without a token has no user."));
            return;
        }

        // A guide of the original names the field payload.
        if (!message.TryGetProperty("data", out var data) && !message.TryGetProperty("payload", out data)) data = default;
        if (data.ValueKind == JsonValueKind.String && CloudAgentsWords.Presence.TryGetValue(data.GetString()!, out var status))
        {
            intents.Add(new PresenceIntent(null, status, Reads: true));
            return;
        }

        var said = data.ValueKind switch
        {
            JsonValueKind.Undefined => "there was no data",
            JsonValueKind.String => $"it was '{Quote(data.GetString()!)}'",
            var kind => $"it was of type {CloudAgentsWords.Name(kind)}; whose presence it is says the token",
        };
        intents.Add(Error($"user_presence: data is 'online', 'away', 'busy' or 'offline'; {said}."));
    }

    private ReplyIntent Error(string message) => CloudAgentsFrames.Reply(output => CloudAgentsFrames.Error(output, message, clock?.Invoke()));

    private static string Quote(string text) => PlainText.Clip(text, MaxQuoted);
}
