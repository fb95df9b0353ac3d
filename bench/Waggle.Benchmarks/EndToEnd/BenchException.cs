namespace Waggle.Benchmarks.EndToEnd;

/// <summary>A benchmark has no figures, and why.</summary>
internal sealed class BenchException(string message, Exception? inner = null) : Exception(message, inner);
