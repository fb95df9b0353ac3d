using Waggle.Core.Kernel;

namespace Waggle.Core.Logs;

/// <summary>A purge deletes chunks of log lines.</summary>
/// <param name="Chunks">The ids of the chunks.</param>
internal sealed record LogErased(IReadOnlyList<string> Chunks) : InternalData;
