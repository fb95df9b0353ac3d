namespace Waggle.Benchmarks.EndToEnd;

/// <summary>The reason why a benchmark has no figures.</summary>
internal sealed class BenchException(string message, Exception? inner = null) : Exception(message, inner);
