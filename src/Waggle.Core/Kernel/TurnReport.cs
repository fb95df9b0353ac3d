using Waggle.Core.Hives;
using Waggle.Core.Hives.Metrics;

namespace Waggle.Core.Kernel;

/// <summary>A turn that is durable, for what counts and traces it.</summary>
/// <param name="Batch">Its records in order; empty for the report after a load, which says what is open.</param>
/// <param name="Now">The time of the turn.</param>
/// <param name="Elapsed">What it took.</param>
internal readonly record struct TurnReport(IReadOnlyList<Sealed> Batch, DateTimeOffset Now, TimeSpan Elapsed, HiveMetrics Metrics);
