namespace Waggle.Server.Dashboard;

/// <summary>A file of the dashboard.</summary>
/// <param name="ContentType">The value of the header, charset included.</param>
/// <param name="IsImmutable">Whether the name changes with the content, so that a browser never asks again.</param>
/// <param name="Forms">The content in its encodings, the smallest first; the last one is not encoded.</param>
internal sealed record DashboardFile(string ContentType, bool IsImmutable, IReadOnlyList<DashboardForm> Forms);

/// <summary>The content of a file in one encoding.</summary>
/// <param name="Encoding">The value of Content-Encoding; null for the content itself.</param>
/// <param name="Tag">The strong entity tag, quoted. Each encoding has its own, because a strong tag stands for the bytes (RFC 9110 8.8.3).</param>
internal sealed record DashboardForm(string? Encoding, string Tag, byte[] Body);
