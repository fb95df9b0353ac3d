namespace Waggle.Delivery;

/// <summary>Code and text of the close frame.</summary>
internal sealed record CloseReason(int Code, string Text);
