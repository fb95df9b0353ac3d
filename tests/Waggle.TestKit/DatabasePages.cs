using System.Text;

namespace Waggle.TestKit;

/// <summary>Damages the file of a real SQLite database, as a disk does: a whole page at a time.</summary>
public static class DatabasePages
{
    private const int PageSize = 4096;

    /// <summary>The first byte of a page with rows of a table, and not of an index.</summary>
    private const byte TableLeaf = 0x0d;

    /// <summary>Overwrites the middle one of the pages with rows that contain a text.</summary>
    public static void DamageOne(string file, string text)
    {
        var bytes = File.ReadAllBytes(file);
        var sought = Encoding.UTF8.GetBytes(text);
        var pages = Enumerable.Range(1, (bytes.Length / PageSize) - 1)
            .Where(p => bytes[p * PageSize] == TableLeaf && bytes.AsSpan(p * PageSize, PageSize).IndexOf(sought) >= 0)
            .ToArray();
        if (pages.Length == 0) throw new InvalidOperationException($"No page of {file} has '{text}' in a row.");
        bytes.AsSpan(pages[pages.Length / 2] * PageSize, PageSize).Fill(0xee);
        File.WriteAllBytes(file, bytes);
    }
}
