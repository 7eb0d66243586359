using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Tests.Interop;

/// <summary>
/// A fact that needs gcc, or what else is named. Where BTI_TESTS_MUST_RUN is 1 it runs without, and fails.
/// </summary>
public sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute(string? architecture = null, string? library = null, string flags = "")
    {
        Skip = architecture is not null && architecture != RuntimeInformation.ProcessArchitecture.ToString()
            ? $"about {architecture} machines"
            : Environment.GetEnvironmentVariable("BTI_TESTS_MUST_RUN") == "1" ? null
            : library is not null ? Missing(library)
            : CCompiler.Check("#include <sys/socket.h>", flags);
    }

    private static string? Missing(string library)
    {
        if (!NativeLibrary.TryLoad(library, out nint handle))
        {
            return $"missing: {library}";
        }

        NativeLibrary.Free(handle);
        return null;
    }
}
