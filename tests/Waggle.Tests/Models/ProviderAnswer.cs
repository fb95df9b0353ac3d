namespace Waggle.Tests.Models;

/// <summary>What a model says, or how its server refuses.</summary>
/// <param name="Text">The text, the arguments of the tool as JSON, or the message of the refusal.</param>
/// <param name="Tool">The tool that the model calls; null for a text.</param>
internal sealed record ProviderAnswer(int Status, string Text, string? Tool = null)
{
    /// <summary>The header of a refusal; null for none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Whether the answer stops in its middle until the client is gone.</summary>
    public bool Hangs { get; init; }

    public static ProviderAnswer Say(string text) => new(200, text);

    public static ProviderAnswer Call(string tool, string arguments) => new(200, arguments, tool);

    public static ProviderAnswer Refuse(int status, string message, string? retryAfter = null) => new(status, message) { RetryAfter = retryAfter };

    public static ProviderAnswer Hang() => new(200, "One moment") { Hangs = true };
}
