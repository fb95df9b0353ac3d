namespace Waggle.Survey.Sources;

/// <param name="Path">The path relative to the surveyed directory, with <c>/</c>.</param>
/// <param name="Language">The name of its language, see <see cref="SourceLanguages"/>.</param>
/// <param name="Bytes">The size when the directory was listed.</param>
internal sealed record SourceFile(string Path, string Language, long Bytes);

/// <summary>A file or directory that the survey did not measure or enter, with the reason.</summary>
internal sealed record SkippedEntry(string Path, string Reason);
