namespace Waggle.Core.Kernel;

/// <summary>A durable turn, for metrics and traces.</summary>
/// <param name="Batch">The records of the turn in order; empty in the report after a load, which gives the open work.</param>
/// <param name="Now">The time of the turn.</param>
/// <param name="Elapsed">The duration of the turn.</param>
internal readonly record struct TurnReport(IReadOnlyList<Sealed> Batch, DateTimeOffset Now, TimeSpan Elapsed);
