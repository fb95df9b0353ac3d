namespace Waggle.Server.Dashboard;

/// <summary>A file of the dashboard, with its compressed forms.</summary>
/// <param name="ContentType">The value of the header, charset included.</param>
/// <param name="Tag">The strong entity tag of the content, quoted.</param>
/// <param name="IsImmutable">Whether the name changes with the content, so that a browser never asks again.</param>
/// <param name="Plain">The content.</param>
/// <param name="Brotli">The content, compressed; null if that saves nothing.</param>
/// <param name="GZip">The content, compressed; null if that saves nothing.</param>
internal sealed record DashboardFile(string ContentType, string Tag, bool IsImmutable, byte[] Plain, byte[]? Brotli, byte[]? GZip);
