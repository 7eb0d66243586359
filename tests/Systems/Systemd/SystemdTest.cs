namespace BindToInterface.Systems;

/// <summary>A class of tests on the booted machine, whose packet counts begin at zero with each test.</summary>
[Collection(SystemdCollection.Name)]
public abstract class SystemdTest
{
    protected SystemdTest(Machine machine)
    {
        Machine = machine;
        machine.Lab.Reset();
    }

    protected Machine Machine { get; }

    /// <summary>A process, as "USER NAME".</summary>
    protected string Process(int id) =>
        string.Join(' ', Machine.Run("ps", "-o", "user:32=,comm=", "-p", $"{id}").Succeeds().Output.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim();

    /// <summary>Puts a program of tests/Systems/programs on the machine.</summary>
    protected string Program(string name, params string[] flags)
    {
        var path = $"/usr/local/bin/{name}";
        if (!Machine.Exists(path))
        {
            Machine.Copy(Host.Compile(name, flags), path);
        }

        return path;
    }
}
