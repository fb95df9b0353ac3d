using Waggle.Survey.Measuring.CSharp;
using Waggle.Survey.Sources;

namespace Waggle.Survey.Measuring;

/// <summary>Measures one file of a tree. Progress advances by stages (read, parsed, done), not by time.</summary>
internal static class Measurer
{
    public static MeasureResult Measure(string root, string relativePath, IProgress<double>? progress, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (SourceLanguages.Of(relativePath) is not { } language)
            return Failed("not a source file of a known language");
        var file = Resolve(root, relativePath);
        if (file is null)
            return Failed("outside of the surveyed directory");
        byte[] bytes;
        try
        {
            var length = new FileInfo(file).Length;
            if (length > SourceTree.LargestFile)
                return Failed($"larger than 2 MiB ({length} bytes)");
            // An empty file needs no read, and opening a named pipe, which has no length, would block until its other end opens.
            bytes = length == 0 ? [] : File.ReadAllBytes(file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Failed(refused is UnauthorizedAccessException ? "permission denied" : "cannot be read: " + refused.GetType().Name);
        }
        if (SourceBytes.IsBinary(bytes))
            return Failed("binary");
        progress?.Report(0.2);
        cancellation.ThrowIfCancellationRequested();
        var text = SourceBytes.Decode(bytes);
        var measure = language == SourceLanguages.CSharp
            ? CSharpMeasurer.Measure(relativePath, text, bytes.Length, progress, cancellation)
            : LexicalMeasurer.Measure(relativePath, language, text, bytes.Length, progress, cancellation);
        progress?.Report(1);
        return new MeasureResult(measure, null);
    }

    /// <summary>Resolves the path of a task, which may come from another machine, and rejects one outside the tree.</summary>
    private static string? Resolve(string root, string relativePath)
    {
        var top = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        var file = Path.GetFullPath(Path.Combine(top, relativePath));
        return file.StartsWith(top, StringComparison.Ordinal) ? file : null;
    }

    private static MeasureResult Failed(string reason) => new(null, reason);
}
