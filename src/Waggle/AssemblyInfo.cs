using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Waggle.Tests")]
