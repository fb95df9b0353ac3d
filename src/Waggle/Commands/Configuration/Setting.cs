namespace Waggle.Commands.Configuration;

/// <summary>One thing that can be set in the file, by the environment and by a flag; docs/configuration.md has a row for each.</summary>
/// <param name="Widens">It can let in more people or pages, or send data elsewhere. A file that lies in the current folder by chance may not say it.</param>
internal sealed record Setting(string Key, string Rule, string Standard, string Meaning, bool Widens = false)
{
    public string Flag => $"--{Key.Replace('_', '-')}";

    public string Variable => $"WAGGLE_{Key.ToUpperInvariant()}";
}

/// <summary>A value as it was written, and where.</summary>
internal sealed record Found(string Text, string Source);
