using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Waggle.Tests")]
[assembly: InternalsVisibleTo("Waggle.Benchmarks")]
[assembly: InternalsVisibleTo("Waggle.Benchmarks.Tests")]
