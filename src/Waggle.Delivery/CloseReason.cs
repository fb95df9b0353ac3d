namespace Waggle.Delivery;

/// <summary>The code and text of a close frame.</summary>
internal sealed record CloseReason(int Code, string Text);
