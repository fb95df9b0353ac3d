using System.Text;
using Waggle.Client;

namespace Waggle.Exec;

/// <summary>The files of one attempt. Disposing removes them.</summary>
internal sealed class TaskFiles(WorkerFolder folder, TaskWork work) : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly List<string> _written = [];

    /// <summary>Returns the path of a file that the command may write.</summary>
    public string Reserve(string name)
    {
        var path = PathOf(name);
        _written.Add(path);
        return path;
    }

    /// <returns>The path of the file.</returns>
    /// <exception cref="TaskFailedException">The file cannot be written.</exception>
    public string Write(string name, string text)
    {
        var path = Reserve(name);
        try
        {
            File.WriteAllText(path, text, Utf8);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TaskFailedException("SPAWN_FAILED", $"The task's file cannot be written: {e.Message}", inner: e);
        }
    }

    private string PathOf(string name) => Path.Combine(folder.Path, $"{work.Id}-{work.Attempt}-{work.Token}-{name}");

    public void Dispose()
    {
        foreach (var path in _written)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The worker removes its whole folder when it ends.
            }
        }
    }
}
