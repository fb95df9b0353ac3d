using System.Text.Json;
using Waggle.Protocol;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>What a proposal proposes: text, or JSON that the hub keeps as the text of the question.</summary>
internal static class Questions
{
    /// <summary>Returns the question of a client's proposal.</summary>
    public static string Of(JsonElement proposal) => proposal.ValueKind == JsonValueKind.String ? proposal.GetString()! : proposal.GetRawText();

    public static void Write(Utf8JsonWriter writer, string question)
    {
        if (question is ['{' or '[', ..] && Parsed(question) is { } json) json.WriteTo(writer);
        else writer.WriteStringValue(question);
    }

    private static JsonElement? Parsed(string question)
    {
        try
        {
            return JsonElement.Parse(question, new JsonDocumentOptions { MaxDepth = Limits.MaxDepth });
        }
        catch (JsonException)
        {
            // A question in words that begins with a bracket.
            return null;
        }
    }
}
